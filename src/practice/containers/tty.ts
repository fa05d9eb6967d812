/**
 * A terminal: what the person at the other end types comes in, what programs write goes out. The line discipline sits
 * in between: in canonical mode it echoes, edits and hands over whole lines; Ctrl-C becomes SIGINT to the foreground.
 */
export interface Tty {
  readonly columns: number;
  readonly rows: number;
  /**
   * `raw` hands over each key as it comes, unechoed (a shell's line editor); `transparent` changes nothing on its way
   * out either, for who carries another terminal's bytes; `canonical` is for all other programs.
   */
  setMode(mode: 'raw' | 'transparent' | 'canonical'): void;
  /**
   * Who is told of Ctrl-C and Ctrl-\\ in canonical mode, and of the end of the line; the shell sets it around each job.
   */
  setForeground(signal: ((name: 'SIGINT' | 'SIGQUIT' | 'SIGHUP') => void) | undefined): void;
  onResize(listener: () => void): () => void;
}
