export type { Controller, ControllerContext, RunningController } from './controller.ts'
export type { EventRecorder } from './event-recorder.ts'
