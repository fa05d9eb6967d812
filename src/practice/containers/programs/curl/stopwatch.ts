import type { Machine } from '../../process.ts';

/**
 * Microseconds since a transfer began. The network of a practice cluster takes no time of its own, so that each stage
 * adds about as much as it takes between two Nodes in one room.
 */
export class Stopwatch {
  private readonly machine: Machine;
  private readonly begun: number;
  private spent = 0;

  constructor(machine: Machine) {
    this.machine = machine;
    this.begun = machine.clock.now();
  }

  /** @param about microseconds that the stage takes */
  tick(about: number): number {
    this.spent += Math.round(about * (0.5 + this.machine.random()));
    return this.now();
  }

  now(): number {
    return (this.machine.clock.now() - this.begun) * 1000 + this.spent;
  }

  milliseconds(): number {
    return this.now() / 1000;
  }
}
