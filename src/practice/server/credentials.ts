import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { User } from '../api/http.ts';

/** Who can log in; what each may do is the authorizer's to say. */
export const IDENTITIES = ['practice-admin', 'viewer', 'learner'] as const;

export type Identity = (typeof IDENTITIES)[number];

/** A bearer token of 256 random bits for each identity. */
export type Credentials = Record<Identity, string>;

const USERS: Record<Identity, User> = {
  'practice-admin': { name: 'practice-admin', groups: ['system:masters', 'system:authenticated'] },
  viewer: { name: 'viewer', groups: ['system:authenticated'] },
  learner: { name: 'learner', groups: ['system:authenticated'] },
};

/** @param random gives that many random bytes */
export function createCredentials(random: (size: number) => Uint8Array = randomBytes): Credentials {
  const token = (): string => Buffer.from(random(32)).toString('base64url');
  return { 'practice-admin': token(), viewer: token(), learner: token() };
}

/**
 * Knows people by the Authorization header. All tokens are compared, by their hashes and in constant time, so that
 * how long it takes tells nothing.
 */
export function authenticator(
  credentials: Credentials,
): (authorization: string | undefined) => User | undefined {
  const known = IDENTITIES.map((identity) => ({
    user: USERS[identity],
    hash: sha256(credentials[identity]),
  }));
  return (authorization) => {
    const token = /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return undefined;
    const hash = sha256(token);
    let user: User | undefined;
    for (const each of known) if (timingSafeEqual(each.hash, hash)) user = each.user;
    return user;
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
