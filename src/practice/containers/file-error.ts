const WORDS = {
  ENOENT: 'No such file or directory',
  EISDIR: 'Is a directory',
  ENOTDIR: 'Not a directory',
  EEXIST: 'File exists',
  ENOTEMPTY: 'Directory not empty',
  EACCES: 'Permission denied',
  EPERM: 'Operation not permitted',
  ELOOP: 'Too many levels of symbolic links',
  EROFS: 'Read-only file system',
  ENOSPC: 'No space left on device',
  ENAMETOOLONG: 'File name too long',
  ENOEXEC: 'Exec format error',
  EINVAL: 'Invalid argument',
  ENXIO: 'No such device or address',
  EBADF: 'Bad file descriptor',
  EBUSY: 'Device or resource busy',
} as const;

export type FileErrorCode = keyof typeof WORDS;

/** What a system call on a file refuses; `message` is strerror's. */
export class FileError extends Error {
  readonly code: FileErrorCode;

  constructor(code: FileErrorCode) {
    super(WORDS[code]);
    this.name = 'FileError';
    this.code = code;
  }
}
