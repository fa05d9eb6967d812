/** A kubelet looks at a Pod again so long after something about it changed. Milliseconds. */
export const NEXT_LOOK = 1_000;
/** And so long after something failed: ten seconds and a bit. */
export const NEXT_TRY = 12_000;
