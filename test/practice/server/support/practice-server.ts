import { Agent, request as httpsRequest, type RequestOptions } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import { machineClock } from '../../../../src/practice/clock.ts';
import { type Certificate, createCertificate } from '../../../../src/practice/server/certificate.ts';
import { authenticator, createCredentials } from '../../../../src/practice/server/credentials.ts';
import {
  listen,
  type PracticeServer,
  type ServerOptions,
} from '../../../../src/practice/server/https-server.ts';
import { StatusError } from '../../../../src/practice/api/status-error.ts';

export const credentials = createCredentials();
const certificates = createCertificate(machineClock);

export interface TestServer extends PracticeServer {
  authority: string;
  /** What was reported as our bug. */
  reported: unknown[];
}

/** A server on a free port with a handler of the test's own. */
export async function serveTest(options: Partial<ServerOptions> = {}): Promise<TestServer> {
  const certificate: Certificate = await certificates;
  const reported: unknown[] = [];
  const server = await listen({
    certificate,
    authenticate: authenticator(credentials),
    handle: ({ method, path }) => ({ status: 200, headers: {}, body: `${method} ${path}` }),
    resolveExec: () => {
      throw new StatusError(404, 'NotFound', 'pods "nosuch" not found');
    },
    resolvePortForward: () => {
      throw new StatusError(404, 'NotFound', 'pods "nosuch" not found');
    },
    report: (error) => reported.push(error),
    ...options,
  });
  return { ...server, authority: certificate.authority, reported };
}

export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  text: string;
}

export const agent = new Agent({ keepAlive: true, maxSockets: 16 });

type Asked = Omit<RequestOptions, 'headers'> & { headers?: Record<string, string>; body?: string | Buffer };

/** A request as practice-admin. */
export function ask(server: TestServer, path: string, options: Asked = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const { body, headers, ...rest } = options;
    const request = httpsRequest(
      {
        agent,
        ca: server.authority,
        host: '127.0.0.1',
        port: server.port,
        path,
        headers: { authorization: `Bearer ${credentials['practice-admin']}`, ...headers },
        ...rest,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const all = Buffer.concat(chunks);
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: all,
            text: all.toString(),
          });
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}
