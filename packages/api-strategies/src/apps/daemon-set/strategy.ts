import { semanticEqual } from '@kube-bonsai/apimachinery'
import type { Room } from '../../room.ts'
import { templateOf, templateWarnings, withGatedTemplate } from '../../workloads/templates.ts'
import { collisionErrors, selectorChangeErrors } from '../deployment/validation.ts'
import { daemonSetErrors, daemonSetStatusErrors } from './validation.ts'

/** The generation of the template is the caller's: `withTemplateGeneration`. @see pkg/registry/apps/daemonset/strategy.go */
export const daemonSetRoom: Room = {
  group: 'apps',
  kind: 'DaemonSet',
  prepareForCreate: (object, context) => withGatedTemplate(object, undefined, context),
  validate: (object, context) => daemonSetErrors(object, context),
  warningsOnCreate: (object, context) => templateWarnings(templateOf(object), context),
  update: {
    prepare: withGatedTemplate,
    validate: (object, old, context) => [
      ...selectorChangeErrors(object, old),
      ...daemonSetErrors(object, context, old),
    ],
    warnings: (object, old, context) =>
      semanticEqual(templateOf(object), templateOf(old)) ? [] : templateWarnings(templateOf(object), context),
  },
  status: { validate: (object, old) => [...daemonSetStatusErrors(object), ...collisionErrors(object, old)] },
}
