import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { type Certificate, createCertificate } from './certificate.ts';
import { createCredentials, type Credentials, IDENTITIES } from './credentials.ts';
import { createPrivateFolder, readIfThere, replaceFile } from './private-file.ts';

/** What clients know a practice cluster by. */
export interface Secrets {
  certificate: Certificate;
  credentials: Credentials;
}

const FILE = 'secrets.json';
const DAY = 24 * 3600 * 1000;

export async function createSecrets(clock: Pick<Clock, 'now'>): Promise<Secrets> {
  return { certificate: await createCertificate(clock), credentials: createCredentials() };
}

/**
 * The secrets that a folder has, so that kubeconfigs stay good when the cluster comes back. They are made anew where
 * there are none, they are damaged, or the certificate ends soon.
 */
export async function openSecrets(folder: string, clock: Pick<Clock, 'now'>): Promise<Secrets> {
  const path = join(folder, FILE);
  const kept = parse(readIfThere(path) ?? '');
  if (kept !== undefined && isGood(kept.certificate, clock)) return kept;
  const secrets = await createSecrets(clock);
  createPrivateFolder(folder);
  replaceFile(path, `${JSON.stringify(secrets)}\n`);
  return secrets;
}

function isGood({ certificate }: Certificate, clock: Pick<Clock, 'now'>): boolean {
  try {
    const { validFrom, validTo } = new X509Certificate(certificate);
    return Date.parse(validFrom) <= clock.now() && Date.parse(validTo) > clock.now() + 30 * DAY;
  } catch {
    return false;
  }
}

function parse(text: string): Secrets | undefined {
  try {
    const { certificate, credentials } = JSON.parse(text) as Partial<Secrets>;
    const texts = [certificate?.authority, certificate?.certificate, certificate?.key];
    const tokens = IDENTITIES.map((identity) => credentials?.[identity]);
    const whole = [...texts, ...tokens].every((each) => typeof each === 'string' && each !== '');
    return whole && certificate !== undefined && credentials !== undefined
      ? { certificate, credentials }
      : undefined;
  } catch {
    return undefined;
  }
}
