import { decode, WrongType } from './decode.ts';
import { badRequest } from './failures.ts';
import { type FieldError, invalidObject, unsupported } from './field-error.ts';
import type { ApiRequest } from './http.ts';
import { readBody } from './request-body.ts';
import type { DeleteOptions } from './registry.ts';
import { dryRunErrors } from './write-options.ts';

const POLICIES = ['Foreground', 'Background', 'Orphan', 'nil'];

/**
 * Of the body, or of the query when there is none.
 *
 * @throws {StatusError} BadRequest, Invalid
 */
export async function readDeleteOptions(request: ApiRequest): Promise<DeleteOptions> {
  const options = request.body.length > 0 ? await fromBody(request) : fromQuery(request.query);
  const errors: FieldError[] = dryRunErrors(options.dryRun ?? []);
  const policy = options.propagationPolicy;
  if (policy !== undefined && !POLICIES.includes(policy))
    errors.push(unsupported('propagationPolicy', policy, POLICIES));
  if (errors.length > 0) throw invalidObject('meta.k8s.io', 'DeleteOptions', '', errors);
  return options;
}

async function fromBody(request: ApiRequest): Promise<DeleteOptions> {
  const body = await readBody(request, { kind: 'DeleteOptions', type: 'V1DeleteOptions' });
  try {
    return decode('V1DeleteOptions', body).value;
  } catch (error) {
    if (error instanceof WrongType) throw badRequest(error.message);
    throw error;
  }
}

function fromQuery(query: URLSearchParams): DeleteOptions {
  const grace = query.get('gracePeriodSeconds') ?? '';
  if (grace !== '' && !/^-?\d+$/.test(grace))
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(grace)}: invalid syntax`);
  const policy = query.get('propagationPolicy') ?? '';
  return {
    ...(grace === '' ? {} : { gracePeriodSeconds: Number(grace) }),
    ...(policy === ''
      ? {}
      : { propagationPolicy: policy as NonNullable<DeleteOptions['propagationPolicy']> }),
    dryRun: query.getAll('dryRun'),
  };
}
