export type { Controller, ControllerContext, RunningController } from './controller.ts'
export { controllers } from './controllers.ts'
export type { EventRecorder } from './event-recorder.ts'
export { createEventRecorder, type EventRecorderOptions } from './events/recorder.ts'
