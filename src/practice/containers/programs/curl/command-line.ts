/** What a curl command line asks for. */
export interface Request {
  urls: string[];
  /** For each URL in turn; undefined is `-O`. */
  outputs: (string | undefined)[];
  isSilent: boolean;
  showsErrors: boolean;
  isVerbose: boolean;
  includesHeaders: boolean;
  isHead: boolean;
  writeOut: string;
  /** Milliseconds; 0 is without end. */
  mostTime: number;
  connectTimeout: number;
  headers: string[];
  agent: string | undefined;
  method: string | undefined;
  data: DataPart[];
  sendsDataAsQuery: boolean;
  follows: boolean;
  mostRedirects: number;
  fails: 'no' | 'without-body' | 'with-body';
  family: 4 | 6 | undefined;
  globs: boolean;
  retries: number;
  /** Milliseconds between tries; 0: 1, 2, 4 … seconds. */
  retryDelay: number;
  retriesRefused: boolean;
  retriesAll: boolean;
  /** `host:port` to addresses. */
  resolves: Map<string, string[]>;
  isParallel: boolean;
  hasProgress: boolean;
  user: string | undefined;
  /** `-x`; undefined where the environment says it, empty for none. */
  proxy: string | undefined;
  /** Hosts that no proxy is asked for; undefined where the environment says it. */
  noProxy: string | undefined;
  keepsPath: boolean;
  acceptsHttp09: boolean;
  protocol: '1.0' | '1.1';
  failsEarly: boolean;
}

export interface DataPart {
  value: string;
  /** `@file` is a file; its newlines are taken out unless binary. */
  kind: 'text' | 'raw' | 'binary' | 'urlencode';
}

export type CommandLine =
  | { kind: 'request'; request: Request }
  | { kind: 'version' | 'help' | 'nothing' }
  | { kind: 'error'; message: string };

/** curl's options that this curl has: the letter, the long name, and whether a value follows. */
const OPTIONS: [letter: string, name: string, takes: 'nothing' | 'text' | 'number' | 'integer'][] = [
  ['s', 'silent', 'nothing'],
  ['S', 'show-error', 'nothing'],
  ['v', 'verbose', 'nothing'],
  ['i', 'include', 'nothing'],
  ['', 'show-headers', 'nothing'],
  ['I', 'head', 'nothing'],
  ['o', 'output', 'text'],
  ['O', 'remote-name', 'nothing'],
  ['w', 'write-out', 'text'],
  ['m', 'max-time', 'number'],
  ['', 'connect-timeout', 'number'],
  ['H', 'header', 'text'],
  ['A', 'user-agent', 'text'],
  ['e', 'referer', 'text'],
  ['b', 'cookie', 'text'],
  ['X', 'request', 'text'],
  ['d', 'data', 'text'],
  ['', 'data-ascii', 'text'],
  ['', 'data-raw', 'text'],
  ['', 'data-binary', 'text'],
  ['', 'data-urlencode', 'text'],
  ['', 'json', 'text'],
  ['G', 'get', 'nothing'],
  ['k', 'insecure', 'nothing'],
  ['L', 'location', 'nothing'],
  ['', 'max-redirs', 'integer'],
  ['f', 'fail', 'nothing'],
  ['', 'fail-with-body', 'nothing'],
  ['', 'fail-early', 'nothing'],
  ['4', 'ipv4', 'nothing'],
  ['6', 'ipv6', 'nothing'],
  ['g', 'globoff', 'nothing'],
  ['', 'retry', 'integer'],
  ['', 'retry-delay', 'number'],
  ['', 'retry-connrefused', 'nothing'],
  ['', 'retry-all-errors', 'nothing'],
  ['', 'resolve', 'text'],
  ['N', 'no-buffer', 'nothing'],
  ['Z', 'parallel', 'nothing'],
  ['x', 'proxy', 'text'],
  ['', 'noproxy', 'text'],
  ['', 'no-progress-meter', 'nothing'],
  ['q', 'disable', 'nothing'],
  ['u', 'user', 'text'],
  ['', 'url', 'text'],
  ['', 'path-as-is', 'nothing'],
  ['', 'http0.9', 'nothing'],
  ['0', 'http1.0', 'nothing'],
  ['', 'http1.1', 'nothing'],
  ['', 'no-keepalive', 'nothing'],
  ['', 'tcp-nodelay', 'nothing'],
  ['V', 'version', 'nothing'],
  ['h', 'help', 'nothing'],
];

/** Options of the real curl that are refused in its own words for what it was built without. */
const NOT_MODELLED = new Set(
  `-p --proxytunnel --preproxy --proxy1.0 -T --upload-file -F --form -r --range -C --continue-at -K --config -c --cookie-jar -E --cert --cacert --capath
  --key --http2 --http2-prior-knowledge --http3 --interface --local-port --unix-socket --socks5 --socks4 --socks5-hostname
  --connect-to --dns-servers --doh-url --limit-rate -y --speed-time -Y --speed-limit --trace --trace-ascii --compressed
  -z --time-cond -n --netrc --digest --ntlm --negotiate --oauth2-bearer --aws-sigv4 -D --dump-header -J
  --remote-header-name --create-dirs --output-dir -# --progress-bar -t --telnet-option --proxy-header -U --proxy-user
  --tlsv1.2 --tlsv1.3 --ciphers --haproxy-protocol --max-filesize --remote-time -R --stderr -a --append`.split(
    /\s+/,
  ),
);

/** Reads a command line. @param isOld curl of the deck's day, which has fewer options */
export function readCommandLine(args: string[]): CommandLine {
  const request: Request = {
    urls: [],
    outputs: [],
    isSilent: false,
    showsErrors: false,
    isVerbose: false,
    includesHeaders: false,
    isHead: false,
    writeOut: '',
    mostTime: 0,
    connectTimeout: 0,
    headers: [],
    agent: undefined,
    method: undefined,
    data: [],
    sendsDataAsQuery: false,
    follows: false,
    mostRedirects: 50,
    fails: 'no',
    family: undefined,
    globs: true,
    retries: 0,
    retryDelay: 0,
    retriesRefused: false,
    retriesAll: false,
    resolves: new Map(),
    isParallel: false,
    hasProgress: true,
    user: undefined,
    proxy: undefined,
    noProxy: undefined,
    keepsPath: false,
    acceptsHttp09: false,
    protocol: '1.1',
    failsEarly: false,
  };
  if (args.length === 0) return { kind: 'nothing' };
  const rest = [...args];
  const problem = (option: string, what: string): CommandLine => ({
    kind: 'error',
    message: `option ${option}: ${what}`,
  });
  let areOptionsOver = false;
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (areOptionsOver || !arg.startsWith('-') || arg === '-') {
      request.urls.push(arg);
      continue;
    }
    if (arg === '--') {
      areOptionsOver = true;
      continue;
    }
    const isLong = arg.startsWith('--');
    let letters = isLong ? '' : arg.slice(1);
    do {
      const spelled = isLong ? arg : `-${letters[0]}`;
      const found = isLong ? findLong(arg.slice(2)) : OPTIONS.find(([letter]) => letter === letters[0]);
      letters = letters.slice(1);
      if (found === 'ambiguous') return problem(arg, 'is ambiguous');
      if (found === undefined) {
        const isKnown = NOT_MODELLED.has(spelled);
        return problem(
          isKnown ? spelled : arg,
          isKnown ? 'the installed libcurl version does not support this' : 'is unknown',
        );
      }
      const [, name, takes] = found;
      const isOff = isLong && arg.startsWith('--no-') && !found[1].startsWith('no-');
      let value = '';
      if (takes !== 'nothing') {
        const given = letters !== '' ? letters : rest.shift();
        letters = '';
        if (given === undefined) return problem(arg, 'requires parameter');
        if (takes === 'number' && !/^\d*\.?\d+$|^\d+\.?$/.test(given))
          return problem(arg, 'expected a proper numerical parameter');
        if (takes === 'integer' && !/^-?\d+$/.test(given))
          return problem(arg, 'expected a proper numerical parameter');
        if (takes === 'integer' && Number(given) < 0 && name !== 'max-redirs')
          return problem(arg, 'expected a positive numerical parameter');
        value = given;
      }
      if (name === 'version' || name === 'help') return { kind: name };
      apply(request, name, value, !isOff);
    } while (letters !== '');
  }
  return { kind: 'request', request };
}

function findLong(text: string): (typeof OPTIONS)[number] | 'ambiguous' | undefined {
  const exact = (name: string): (typeof OPTIONS)[number] | undefined =>
    OPTIONS.find(([, each]) => each === name);
  const found = exact(text) ?? (text.startsWith('no-') ? exact(text.slice(3)) : undefined);
  if (found !== undefined || text === '') return found;
  const names = [
    ...OPTIONS.map(([, name]) => name),
    ...[...NOT_MODELLED].map((name) => name.replace(/^--?/, '')),
  ];
  const matching = names.filter((name) => name.length > 1 && name.startsWith(text));
  if (matching.length > 1) return 'ambiguous';
  return matching.length === 1 ? exact(matching[0]!) : undefined;
}

function apply(request: Request, name: string, value: string, isOn: boolean): void {
  switch (name) {
    case 'silent':
      request.isSilent = isOn;
      break;
    case 'show-error':
      request.showsErrors = isOn;
      break;
    case 'verbose':
      request.isVerbose = isOn;
      break;
    case 'include':
    case 'show-headers':
      request.includesHeaders = isOn;
      break;
    case 'head':
      request.isHead = isOn;
      break;
    case 'output':
      request.outputs.push(value);
      break;
    case 'remote-name':
      request.outputs.push(undefined);
      break;
    case 'write-out':
      request.writeOut = value;
      break;
    case 'max-time':
      request.mostTime = Number(value) * 1000;
      break;
    case 'connect-timeout':
      request.connectTimeout = Number(value) * 1000;
      break;
    case 'header':
      request.headers.push(value);
      break;
    case 'user-agent':
      request.agent = value;
      break;
    case 'referer':
      request.headers.push(`Referer: ${value}`);
      break;
    case 'cookie':
      request.headers.push(`Cookie: ${value}`);
      break;
    case 'request':
      request.method = value;
      break;
    case 'data':
    case 'data-ascii':
      request.data.push({ value, kind: 'text' });
      break;
    case 'data-raw':
      request.data.push({ value, kind: 'raw' });
      break;
    case 'data-binary':
      request.data.push({ value, kind: 'binary' });
      break;
    case 'data-urlencode':
      request.data.push({ value, kind: 'urlencode' });
      break;
    case 'json':
      request.data.push({ value, kind: 'binary' });
      request.headers.push('Content-Type: application/json', 'Accept: application/json');
      break;
    case 'get':
      request.sendsDataAsQuery = isOn;
      break;
    case 'location':
      request.follows = isOn;
      break;
    case 'max-redirs':
      request.mostRedirects = Number(value) < 0 ? Infinity : Number(value);
      break;
    case 'fail':
      request.fails = isOn ? 'without-body' : 'no';
      break;
    case 'fail-with-body':
      request.fails = isOn ? 'with-body' : 'no';
      break;
    case 'fail-early':
      request.failsEarly = isOn;
      break;
    case 'ipv4':
      request.family = 4;
      break;
    case 'ipv6':
      request.family = 6;
      break;
    case 'globoff':
      request.globs = !isOn;
      break;
    case 'retry':
      request.retries = Number(value);
      break;
    case 'retry-delay':
      request.retryDelay = Number(value) * 1000;
      break;
    case 'retry-connrefused':
      request.retriesRefused = isOn;
      break;
    case 'retry-all-errors':
      request.retriesAll = isOn;
      break;
    case 'resolve': {
      const [, host, port, addresses] = /^\+?([^:]*):(\d+):(.*)$/.exec(value) ?? [];
      if (host !== undefined && addresses !== undefined)
        request.resolves.set(
          `${host.toLowerCase()}:${port}`,
          addresses.split(',').map((each) => each.replace(/^\[(.*)\]$/, '$1')),
        );
      break;
    }
    case 'parallel':
      request.isParallel = isOn;
      break;
    case 'no-progress-meter':
      request.hasProgress = !isOn;
      break;
    case 'user':
      request.user = value;
      break;
    case 'proxy':
      request.proxy = value;
      break;
    case 'noproxy':
      request.noProxy = value;
      break;
    case 'url':
      request.urls.push(value);
      break;
    case 'path-as-is':
      request.keepsPath = isOn;
      break;
    case 'http0.9':
      request.acceptsHttp09 = isOn;
      break;
    case 'http1.0':
      request.protocol = '1.0';
      break;
    case 'http1.1':
      request.protocol = '1.1';
      break;
    default:
    // The rest changes nothing here: there is no ~/.curlrc, there are no buffers to speak of.
  }
}
