import type { Url } from './url.ts';
import type { ResponseHead } from './response.ts';

/** What is known after a transfer, for `-w`. Times are microseconds since its start. */
export interface Facts {
  url: string;
  number: number;
  effective: Url | undefined;
  effectiveUrl: string;
  method: string;
  head: ResponseHead | undefined;
  headers: number;
  remote: { address: string; port: number } | undefined;
  local: { address: string; port: number } | undefined;
  connects: number;
  redirects: number;
  redirectUrl: string;
  retries: number;
  size: { download: number; upload: number; header: number; request: number };
  time: {
    namelookup: number;
    connect: number;
    pretransfer: number;
    starttransfer: number;
    redirect: number;
    total: number;
  };
  file: string;
  exitCode: number;
  error: string;
}

type Value = (facts: Facts) => string | number;

const VARIABLES: Record<string, Value> = {
  content_type: ({ head }) => head?.headers.find(([name]) => name === 'content-type')?.[1] ?? '',
  errormsg: ({ error }) => error,
  exitcode: ({ exitCode }) => exitCode,
  filename_effective: ({ file }) => file,
  http_code: code,
  http_connect: () => '000',
  http_version: ({ head }) => head?.protocol ?? '0',
  local_ip: ({ local }) => local?.address ?? '',
  local_port: ({ local }) => local?.port ?? 0,
  method: ({ method }) => method,
  num_connects: ({ connects }) => connects,
  num_headers: ({ headers }) => headers,
  num_redirects: ({ redirects }) => redirects,
  num_retries: ({ retries }) => retries,
  proxy_used: () => 0,
  redirect_url: ({ redirectUrl }) => redirectUrl,
  remote_ip: ({ remote }) => remote?.address ?? '',
  remote_port: ({ remote }) => remote?.port ?? 0,
  response_code: code,
  scheme: ({ effective }) => effective?.scheme ?? '',
  size_download: ({ size }) => size.download,
  size_header: ({ size }) => size.header,
  size_request: ({ size }) => size.request,
  size_upload: ({ size }) => size.upload,
  speed_download: ({ size, time }) => Math.floor((size.download * 1e6) / Math.max(time.total, 1)),
  speed_upload: ({ size, time }) => Math.floor((size.upload * 1e6) / Math.max(time.total, 1)),
  ssl_verify_result: () => 0,
  time_appconnect: () => seconds(0),
  time_connect: ({ time }) => seconds(time.connect),
  time_namelookup: ({ time }) => seconds(time.namelookup),
  time_pretransfer: ({ time }) => seconds(time.pretransfer),
  time_redirect: ({ time }) => seconds(time.redirect),
  time_starttransfer: ({ time }) => seconds(time.starttransfer),
  time_total: ({ time }) => seconds(time.total),
  url: ({ url }) => url,
  'url.host': ({ effective }) => effective?.host ?? '',
  'url.path': ({ effective }) => effective?.path.replace(/\?.*$/s, '') ?? '',
  'url.port': ({ effective }) => effective?.port ?? '',
  'url.scheme': ({ effective }) => effective?.scheme ?? '',
  url_effective: ({ effectiveUrl }) => effectiveUrl,
  urlnum: ({ number }) => number,
};

function code({ head }: Facts): string {
  return String(head?.status ?? 0).padStart(3, '0');
}

function seconds(microseconds: number): string {
  return (microseconds / 1e6).toFixed(6);
}

export interface Written {
  stream: 'stdout' | 'stderr';
  text: string;
}

/** Fills a format in. Unknown variables are told on stderr, `%{json}` is one of them here. */
export function writeOut(format: string, facts: Facts): Written[] {
  const written: Written[] = [];
  let stream: Written['stream'] = 'stdout';
  const put = (text: string, to = stream): void => {
    if (text !== '') written.push({ stream: to, text });
  };
  const piece = /%%|%\{([^}]*)\}|%header\{([^}]*)\}|\\(.)|[^%\\]+|[%\\]/gs;
  for (const [all, name, headerName, escape] of format.matchAll(piece)) {
    if (all === '%%') put('%');
    else if (escape !== undefined) put(ESCAPES[escape] ?? all);
    else if (headerName !== undefined)
      put(facts.head?.headers.find(([each]) => each === headerName.toLowerCase())?.[1] ?? '');
    else if (name === undefined) put(all);
    else if (name === 'stdout' || name === 'stderr') stream = name;
    else if (name === 'onerror') {
      if (facts.exitCode === 0) break;
    } else if (Object.hasOwn(VARIABLES, name)) put(String(VARIABLES[name]!(facts)));
    else put(`curl: unknown --write-out variable: '${name}'\n`, 'stderr');
  }
  return written;
}

const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t' };
