import type { Plugin } from './plugin.ts'

/** The higher priority first, then who came first. @see pkg/scheduler/framework/plugins/queuesort */
export const prioritySort: Plugin = {
  name: 'PrioritySort',
  queueSort: (left, right) => right.info.priority - left.info.priority || left.timestamp - right.timestamp,
}
