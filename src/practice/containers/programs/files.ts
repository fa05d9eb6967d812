/** Opens a file as this process sees it. @throws {FileError} */
export { open as openFile } from '../open.ts';
