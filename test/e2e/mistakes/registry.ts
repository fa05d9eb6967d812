import { fault } from '../fault.ts';
import { isPractice } from '../harness.ts';
import type { Mistake } from './mistake.ts';

/** What a registry does to everybody on the cluster: nothing else may go on meanwhile. */
export const REGISTRY: Mistake[] = [
  {
    name: 'a registry that gives out no more images for now',
    step: 'multiple-containers-create',
    check: 'pod',
    code: 'image-pull-limit',
    exit: 3,
    remedy: /--image CONTAINER=IMAGE/,
    make: async (lane) => {
      await fault('pull-limit', 'on');
      // No Node has this one: nothing else of these tests uses it.
      await lane.pod({ nginx: { image: 'nginx:1.23' } });
      await lane.until('.status.containerStatuses[?(@.name=="nginx")].state.waiting.reason', (reason) =>
        /ErrImagePull|ImagePullBackOff/.test(reason),
      );
    },
    undo: () => fault('pull-limit', 'off'),
    cannot: () => (isPractice ? undefined : 'nobody limits what the Nodes of this cluster may pull'),
  },
];
