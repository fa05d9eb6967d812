import { X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';
import { expect, test } from 'vitest';
import { createCertificate } from '../../../src/practice/server/certificate.ts';
import { ask, serveTest } from './support/practice-server.ts';

const clock = { now: () => Date.parse('2030-01-01T00:00:00Z') };

test('a certificate for the loopback, signed by its authority', async () => {
  const made = await createCertificate(clock);
  const authority = new X509Certificate(made.authority);
  const certificate = new X509Certificate(made.certificate);
  expect(certificate.verify(authority.publicKey)).toBe(true);
  expect(certificate.checkIssued(authority)).toBe(true);
  expect(authority.ca).toBe(true);
  expect(certificate.ca).toBe(false);
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(certificate.checkIP('::1')).toBe('::1');
  expect(certificate.checkHost('localhost')).toBe('localhost');
  expect(certificate.checkHost('kubernetes')).toBe('kubernetes');
  expect(certificate.checkHost('example.com')).toBeUndefined();
  expect(Date.parse(certificate.validFrom)).toBeLessThan(clock.now());
  expect(Date.parse(certificate.validTo)).toBeGreaterThan(Date.parse('2039-01-01'));
});

test('no two are the same', async () => {
  const [one, other] = await Promise.all([createCertificate(clock), createCertificate(clock)]);
  expect(one.key).not.toBe(other.key);
  expect(new X509Certificate(one.certificate).serialNumber).not.toBe(
    new X509Certificate(other.certificate).serialNumber,
  );
});

test('Node trusts the server by its authority alone, under each of its names', async () => {
  const server = await serveTest();
  for (const servername of ['localhost', 'kubernetes'])
    expect(await ask(server, '/', { servername, agent: false })).toMatchObject({ status: 200 });
  await expect(ask(server, '/', { servername: 'example.com', agent: false })).rejects.toThrow(/altnames/);
  const other = await createCertificate({ now: Date.now });
  await expect(ask({ ...server, authority: other.authority }, '/', { agent: false })).rejects.toThrow();
  await server.close();
});

test('TLS 1.1 is too old', async () => {
  const server = await serveTest();
  const failure = new Promise<Error>((resolve, reject) => {
    const socket = connect({
      port: server.port,
      host: '127.0.0.1',
      ca: server.authority,
      maxVersion: 'TLSv1.1',
      minVersion: 'TLSv1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    socket.on('error', resolve).on('secureConnect', () => reject(new Error('connected')));
  });
  expect((await failure).message).toMatch(/protocol version|alert/);
  await server.close();
});
