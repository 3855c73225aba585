export { AbortedError, type AbortSignalLike } from './abort-signal.ts'
export type { Clock, Random, ScheduleOptions, Timer } from './clock.ts'
export { createRandom } from './random/random.ts'
export { sleep } from './sleep.ts'
export { SystemClock, type SystemClockOptions } from './system-clock.ts'
export { TimerStormError } from './virtual/timer-storm-error.ts'
export {
  defaultStart,
  type RunOptions,
  type RunResult,
  VirtualClock,
  type VirtualClockOptions,
} from './virtual/virtual-clock.ts'
