export type { Clock, Random, ScheduleOptions, Timer } from './clock.ts'
