import type { Process, Program } from '../../process.ts';
import { nearest } from '../nearest.ts';
import type { Command } from './command.ts';
import { connect } from './connect.ts';
import { flagsHelp, parseFlags, UsageError } from './flags.ts';
import { netexec } from './netexec.ts';
import { pause } from './pause.ts';
import { serveHostname } from './serve-hostname.ts';

const COMMANDS: readonly Command[] = [connect, netexec, pause, serveHostname];

/** Commands of the real one that this one lacks. */
const NOT_MODELLED: ReadonlySet<string> = new Set(
  `audit-proxy completion crd-conversion-webhook dns-server-list dns-suffix entrypoint-tester etc-hosts fake-gitserver
  grpc-health-checking guestbook inclusterclient liveness logs-generator mounttest net nettest no-snat-test
  no-snat-test-proxy port-forward-tester porter resource-consumer-controller stress tcp-reset test-service-account-issuer-discovery
  test-webserver webhook`.split(/\s+/),
);

/** agnhost of this version: one program with many commands, of which those are here that teach networking. */
export function agnhost(version: string): Program {
  return async (process) => {
    try {
      return await run(process, process.argv.slice(1), version);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      await process.complain(`Error: ${error.message}\n`);
      return 1;
    }
  };
}

async function run(process: Process, args: readonly string[], version: string): Promise<number> {
  const [name, ...rest] = args;
  if (name === '--version' || name === '-v') {
    await process.print(`app version ${version}\n`);
    return 0;
  }
  const isHelp = name === undefined || name === 'help' || name === '--help' || name === '-h';
  const found = COMMANDS.find((each) => each.name === (isHelp ? rest[0] : name));
  if (isHelp || rest.includes('--help') || rest.includes('-h')) {
    await process.print(found === undefined ? help() : commandHelp(found));
    return 0;
  }
  if (name.startsWith('-')) parseFlags([name], {});
  if (found === undefined) throw unknown(name);
  const { flags, operands } = parseFlags(rest, found.flags);
  const most = found.operands ?? 0;
  if (most === 0 && operands.length > 0)
    throw new UsageError(`unknown command ${JSON.stringify(operands[0])} for "app ${found.name}"`);
  if (operands.length !== most) throw new UsageError(`accepts ${most} arg(s), received ${operands.length}`);
  return found.run(process, flags as never, operands);
}

function unknown(name: string): UsageError {
  if (NOT_MODELLED.has(name)) return new UsageError(`"${name}" is not modelled by the practice cluster`);
  const near = nearest(name, [...COMMANDS.map((each) => each.name), ...NOT_MODELLED]);
  const hint =
    near.length === 0 ? '' : `\n\nDid you mean this?\n${near.map((each) => `\t${each}\n`).join('')}`;
  return new UsageError(`unknown command ${JSON.stringify(name)} for "app"${hint}`);
}

function help(): string {
  const rows = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(14)} ${summary}\n`).join('');
  return `Usage:\n  app [command]\n\nAvailable Commands:\n${rows}\nUse "app [command] --help" for more information about a command.\n`;
}

function commandHelp({ name, usage, summary, flags }: Command): string {
  const operands = usage === undefined ? '' : ` ${usage}`;
  return `${summary}\n\nUsage:\n  app ${name}${operands} [flags]\n\nFlags:\n${flagsHelp(flags)}`;
}
