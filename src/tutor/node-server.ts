import { chooseNode } from '../checks/chosen-node.ts';
import { enterNode } from '../checks/node-entry.ts';
import { socketRow } from '../checks/node-listener.ts';
import { execScript } from '../cluster/exec.ts';
import type { SolutionAction } from '../lesson/lesson.ts';
import { Problem } from '../problem.ts';
import { checkContext } from './check-context.ts';
import type { Workshop } from './workshop.ts';

/** Seconds that the server waits to be called. */
const PATIENCE = 600;
/** Tenths of a second for it to listen. */
const TRIES = 150;
const EXEC_TIMEOUT = 30_000;

/**
 * What the learner would do in a shell on a Node: a server that answers once, with a file's text. Where nobody has allowed a
 * shell there it is not done, and that is said.
 *
 * @throws {Problem} node-server-failed
 */
export async function serveOnNode(
  workshop: Workshop,
  { at, manifest }: Extract<SolutionAction, { kind: 'listen' }>,
): Promise<void> {
  const context = checkContext(workshop);
  const chosen = await chooseNode(context, at.node);
  // The page's check says what is missing.
  if ('finding' in chosen) return;
  const { name } = chosen.node;
  const entry = await enterNode(context, name);
  if (!('shell' in entry)) {
    workshop.reporter.did(`No server was started on Node ${name}: ${entry.without}`);
    return;
  }
  const target = { namespace: workshop.session.namespace, ...entry.shell };
  const script = serverScript(manifest.text, at.port, context.nonce());
  const outcome = await execScript(workshop.api, target, script, context.nonce, EXEC_TIMEOUT);
  if (outcome.kind === 'exit' && outcome.code === 0) {
    workshop.reporter.did(`On Node ${name}, nc listens on port ${at.port} with ${manifest.file}`);
    return;
  }
  throw new Problem({
    code: 'node-server-failed',
    kind: 'environment',
    what: `No server could be started on port ${at.port} of Node ${name}: ${outcome.kind === 'exit' ? outcome.stderr.trim() : outcome.kind}`,
    where: `Pod ${target.pod} in namespace ${target.namespace}`,
    next: [
      `Is the port in use? k8snet-tutor shell --node ${name} leads there.`,
      'Try again: k8snet-tutor solve',
    ],
  });
}

/**
 * The lesson's own line, for any nc and any curl. What it says goes nowhere, so that exec can end while it waits. Where somebody
 * else's server has the port, as in a class, that is waited for. Ours must be seen alive twice: one that finds the port
 * taken ends at once, and who listens then is the other.
 */
function serverScript(text: string, port: number, nonce: string): string {
  const file = `/tmp/k8snet-${nonce}`;
  return [
    `cat > ${file} <<'END-${nonce}'`,
    text.endsWith('\n') ? text.slice(0, -1) : text,
    `END-${nonce}`,
    `listening() { grep -q '${socketRow(port, '0A')}' /proc/net/tcp /proc/net/tcp6 2> /dev/null; }`,
    `alive() { [ -e ${file}.pid ] && kill -0 $(cat ${file}.pid) 2> /dev/null; }`,
    `serve() {`,
    `  ( { printf 'HTTP/1.0 200 OK\\r\\nContent-Length: %s\\r\\n\\r\\n' $(wc -c < ${file}); cat ${file}; } |`,
    `    timeout ${PATIENCE} nc -l -p ${port} ) < /dev/null > /dev/null 2> ${file}.trouble &`,
    `  echo $! > ${file}.pid`,
    `}`,
    `i=0; seen=0`,
    `while [ $seen -lt 2 ]; do`,
    `  if alive; then if listening; then seen=$((seen+1)); fi`,
    `  else seen=0; if listening; then echo 'another server has the port' > ${file}.trouble; else serve; fi; fi`,
    `  i=$((i+1)); [ $i -lt ${TRIES} ] || { cat ${file}.trouble >&2; exit 1; }`,
    `  sleep 0.1`,
    `done`,
  ].join('\n');
}
