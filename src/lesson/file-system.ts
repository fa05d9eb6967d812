/** All that reading a lesson pack needs of a file system. */
export interface FileSystem {
  readFile(path: string): Promise<Uint8Array>;
  /** The path with all links resolved; rejects with ENOENT or ENOTDIR where there is nothing. */
  realpath(path: string): Promise<string>;
  /** The names in a folder. */
  readdir(path: string): Promise<string[]>;
  stat(path: string): Promise<{ size: number; isFile(): boolean }>;
}
