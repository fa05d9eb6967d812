import { StatusError } from './status-error.ts';

/** A kubelet that refuses exec, attach or a port, in its own words; the API server says what it could not do with them. */
export class KubeletRefusal extends StatusError {
  /** What the kubelet itself answers, as plain text. */
  readonly said: string;

  constructor(said: string) {
    super(500, 'InternalError', `unable to upgrade connection: ${said}`);
    this.name = 'KubeletRefusal';
    this.said = said;
  }
}
