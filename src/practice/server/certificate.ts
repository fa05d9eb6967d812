import { webcrypto } from 'node:crypto';
import type { Clock } from '../clock.ts';

/** What the server proves itself with; all PEM. */
export interface Certificate {
  /** Of the authority that signed it; clients trust this one. Nobody has its key any more. */
  authority: string;
  certificate: string;
  /** PKCS #8 */
  key: string;
}

const DAY = 24 * 3600 * 1000;
const YEARS = 10;
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** A key and a certificate for a server on this machine's loopback, signed by an authority made for it alone. */
export async function createCertificate(clock: Pick<Clock, 'now'>): Promise<Certificate> {
  // The library decorates its classes, which needs this one first. Both are loaded here: most starts never do.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  x509.cryptoProvider.set(webcrypto);
  const { KeyUsageFlags, X509CertificateGenerator: Generator } = x509;

  // Clocks differ: valid since yesterday.
  const notBefore = new Date(clock.now() - DAY);
  const notAfter = new Date(clock.now() + YEARS * 365 * DAY);
  const issuer = 'CN=k8snet-practice-ca';
  const authorityKeys = await webcrypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify']);
  const authority = await Generator.createSelfSigned({
    serialNumber: serialNumber(),
    name: issuer,
    notBefore,
    notAfter,
    signingAlgorithm: ALGORITHM,
    keys: authorityKeys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });

  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await Generator.create({
    serialNumber: serialNumber(),
    subject: 'CN=k8snet-practice',
    issuer,
    notBefore,
    notAfter,
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: authorityKeys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: 'ip', value: '127.0.0.1' },
        { type: 'ip', value: '::1' },
        { type: 'dns', value: 'localhost' },
        { type: 'dns', value: 'kubernetes' },
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });

  return {
    authority: `${authority.toString('pem')}\n`,
    certificate: `${certificate.toString('pem')}\n`,
    key: x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY'),
  };
}

/** 127 random bits: positive, as RFC 5280 wants it. */
function serialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}
