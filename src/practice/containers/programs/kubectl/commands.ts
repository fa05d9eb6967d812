import { annotate, label } from './label.ts';
import { apiResources } from './api-resources.ts';
import { apply } from './apply.ts';
import { clusterInfo } from './cluster-info.ts';
import type { Command } from './command.ts';
import { config } from './config.ts';
import { create } from './create.ts';
import { deleteCommand } from './delete.ts';
import { describe } from './describe/describe.ts';
import { exec } from './exec.ts';
import { get } from './get.ts';
import { logs } from './logs.ts';
import { patch } from './patch.ts';
import { run } from './run.ts';
import { version } from './version.ts';
import { wait } from './wait.ts';

/** All commands, as the help lists them. */
export const COMMANDS: readonly Command[] = [
  create,
  run,
  get,
  deleteCommand,
  apply,
  patch,
  describe,
  logs,
  exec,
  wait,
  label,
  annotate,
  apiResources,
  clusterInfo,
  config,
  version,
];

/** Commands of a real kubectl that this one lacks. */
export const NOT_MODELLED: ReadonlySet<string> = new Set([
  'alpha',
  'api-versions',
  'attach',
  'auth',
  'autoscale',
  'certificate',
  'completion',
  'cordon',
  'cp',
  'debug',
  'diff',
  'drain',
  'edit',
  'events',
  'explain',
  'expose',
  'kustomize',
  'options',
  'plugin',
  'port-forward',
  'proxy',
  'replace',
  'rollout',
  'scale',
  'set',
  'taint',
  'top',
  'uncordon',
]);
