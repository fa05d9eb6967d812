import { describe, expect, it } from 'vitest';
import { readTypedLine } from '../../../src/checks/typed/request.ts';

const words = (line: string): string[] => line.split(' ').filter((word) => word !== '');

describe('what is typed', () => {
  it.each([
    ['curl localhost', { scheme: 'http', host: 'localhost', port: 80, path: '/' }],
    ['localhost', { scheme: 'http', host: 'localhost', port: 80, path: '/' }],
    ['curl -sS -i -v -g 10.0.1.2:8080/x', { scheme: 'http', host: '10.0.1.2', port: 8080, path: '/x' }],
    [
      'curl -m 5 --connect-timeout 2.5 LOCALHOST:',
      { scheme: 'http', host: 'localhost', port: 80, path: '/' },
    ],
    ['curl https://web?a=1', { scheme: 'https', host: 'web', port: 443, path: '/?a=1' }],
    ['curl -k HTTPS://[fd00::1]:8443/', { scheme: 'https', host: 'fd00::1', port: 8443, path: '/' }],
    ['curl http://multi-container/ -s', { scheme: 'http', host: 'multi-container', port: 80, path: '/' }],
  ])('%s', (line, request) => {
    expect(readTypedLine(words(line))).toEqual({ kind: 'request', request });
  });

  it.each([
    ['curl', undefined],
    ['', undefined],
    ['curl -s', undefined],
    ['curl :8000', 8000],
    ['curl http://:8000/x', 8000],
    ['http:///', undefined],
    ['curl /page', undefined],
  ])('"%s" has an empty variable', (line, port) => {
    expect(readTypedLine(words(line))).toEqual({ kind: 'empty', port });
  });

  it('one word with blanks in it is several', () => {
    expect(readTypedLine(['curl -s localhost'])).toMatchObject({ kind: 'request' });
  });

  it.each([
    ['curl -o file localhost', '-o'],
    ['curl --data x localhost', '--data'],
    ['curl -X POST localhost', '-X'],
    ['curl --proxy 10.0.0.1 localhost', '--proxy'],
    ['curl -K /etc/passwd', '-K'],
    ['curl -m soon localhost', '-m'],
    ['curl a b', '2 URLs'],
    ['kubectl exec web -- curl localhost', 'curl part'],
    ['curl $NODE_IP:8000', '$NODE_IP'],
    ['curl ${POD_ID}', '$POD_ID'],
    ['curl ftp://web', 'ftp'],
    ['curl file:///etc/passwd', 'file'],
    ['curl user:secret@web', 'no URL'],
    ["curl web/'$(id)'", 'no URL'],
    ['curl web/`id`', 'no URL'],
    ["curl web/';id;'", 'no URL'],
    ['curl web/a\u001B[2J', 'no URL'],
    ['curl web:0', 'no port 0'],
    ['curl web:99999', 'no port 99999'],
    ['curl 10.0.1', 'no complete address'],
    ['curl 10.0.1.256', 'no complete address'],
    ['curl [10.0.0.1]', 'no complete address'],
    ['curl [:::]', 'no complete address'],
  ])('%s is refused: %s', (line, says) => {
    const read = readTypedLine(words(line));
    expect(read.kind).toBe('refused');
    expect('what' in read ? read.what : '').toContain(says);
  });
});
