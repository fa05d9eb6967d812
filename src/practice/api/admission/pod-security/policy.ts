import { type FieldError, invalid } from '../../field-error.ts';

export const LEVELS = ['privileged', 'baseline', 'restricted'] as const;
/** From lax to strict. */
export type Level = (typeof LEVELS)[number];

/** What Pods are held to: a level, as it was in version 1.N of Kubernetes. */
export interface Standard {
  level: Level;
  version: number | 'latest';
}

/** Who breaks `enforce` is refused, who breaks `warn` is told. What `audit` would write down, nobody reads here. */
export interface Policy {
  enforce: Standard;
  audit: Standard;
  warn: Standard;
}

const PREFIX = 'pod-security.kubernetes.io/';

/**
 * What the labels of a namespace ask for. What can't be read is taken for the strictest of `enforce` and the laxest of
 * the others.
 */
export function policyOf(labels: Record<string, string> = {}): { policy: Policy; errors: FieldError[] } {
  const errors: FieldError[] = [];
  const wrong = (label: string, rule: string): void => {
    errors.push(invalid(`metadata.labels[${label}]`, labels[label], rule));
  };
  const standard = (mode: keyof Policy): Standard => {
    const [levelLabel, versionLabel] = [`${PREFIX}${mode}`, `${PREFIX}${mode}-version`];
    const [asked = 'privileged', version = 'latest'] = [labels[levelLabel], labels[versionLabel]];
    const level = LEVELS.find((each) => each === asked);
    if (level === undefined) wrong(levelLabel, `must be one of ${LEVELS.join(', ')}`);
    const minor = /^v1\.(0|[1-9]\d*)$/.exec(version)?.[1];
    if (minor === undefined && version !== 'latest') wrong(versionLabel, 'must be "latest" or "v1.x"');
    return {
      level: level ?? (mode === 'enforce' ? 'restricted' : 'privileged'),
      version: minor === undefined ? 'latest' : Number(minor),
    };
  };
  return {
    policy: { enforce: standard('enforce'), audit: standard('audit'), warn: standard('warn') },
    errors,
  };
}

/** `baseline:latest`, `restricted:v1.24` */
export function standardText({ level, version }: Standard): string {
  return `${level}:${version === 'latest' ? version : `v1.${version}`}`;
}
