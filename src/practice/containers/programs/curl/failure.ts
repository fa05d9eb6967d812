/** Why a transfer failed: curl's exit status and what stands behind `curl: (7)`. */
export class CurlFailure extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'CurlFailure';
    this.status = status;
  }
}
