/** How a container makes itself heard: events about it, and the state it shows while it waits. */
export interface ContainerVoice {
  tell(type: 'Normal' | 'Warning', reason: string, message: string): void;
  /** Shows it as waiting, with the reason. */
  wait(reason: string, message: string): void;
}
