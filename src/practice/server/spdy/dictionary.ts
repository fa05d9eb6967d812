/** Names and values that are written before their length, which has four bytes. */
const COUNTED = [
  ...'options head post put delete trace accept accept-charset accept-encoding accept-language'.split(' '),
  ...'accept-ranges age allow authorization cache-control connection content-base'.split(' '),
  ...'content-encoding content-language content-length content-location content-md5'.split(' '),
  ...'content-range content-type date etag expect expires from host if-match'.split(' '),
  ...'if-modified-since if-none-match if-range if-unmodified-since last-modified location'.split(' '),
  ...'max-forwards pragma proxy-authenticate proxy-authorization range referer'.split(' '),
  ...'retry-after server te trailer transfer-encoding upgrade user-agent vary via warning'.split(' '),
  ...'www-authenticate method get status'.split(' '),
  '200 OK',
  ...'version HTTP/1.1 url public set-cookie keep-alive origin'.split(' '),
];
const STATUSES =
  '100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505' +
  '203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request' +
  '401 Unauthorized403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented' +
  '503 Service Unavailable';
const DATES =
  'Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT';
const TYPES =
  'chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,' +
  'text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.';

/** What headers are compressed with from the start: SPDY/3, section 2.6.10.1. */
export const DICTIONARY: Buffer = Buffer.concat([
  ...COUNTED.map(counted),
  Buffer.from(STATUSES + DATES + TYPES, 'latin1'),
]);

/** adler32 of the dictionary, by which a compressed stream names it. */
export const DICTIONARY_ID = 0xe3_c6_a7_c2;

function counted(text: string): Buffer {
  const bytes = Buffer.from(`\0\0\0\0${text}`, 'latin1');
  bytes.writeUInt32BE(text.length);
  return bytes;
}
