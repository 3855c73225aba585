import { admissionregistrationDefaults } from '../admissionregistration/defaults.ts'
import { apiextensionsDefaults } from '../apiextensions/defaults.ts'
import { apiregistrationDefaults } from '../apiregistration/defaults.ts'
import { appsDefaults } from '../apps/defaults.ts'
import { autoscalingDefaults } from '../autoscaling/defaults.ts'
import { batchDefaults } from '../batch/defaults.ts'
import { coreDefaults } from '../core/defaults.ts'
import { discoveryDefaults } from '../discovery/defaults.ts'
import { flowcontrolDefaults } from '../flowcontrol/defaults.ts'
import { networkingDefaults } from '../networking/defaults.ts'
import { podTemplateDefaults } from '../pod-template/defaults.ts'
import { rbacDefaults } from '../rbac/defaults.ts'
import { resourceDefaults } from '../resource/defaults.ts'
import { schedulingDefaults } from '../scheduling/defaults.ts'
import { storageDefaults } from '../storage/defaults.ts'
import type { DefaultRules } from './type-defaults.ts'

/** The rules of every type that has some. */
export const allDefaults: DefaultRules = {
  ...podTemplateDefaults,
  ...coreDefaults,
  ...appsDefaults,
  ...batchDefaults,
  ...storageDefaults,
  ...networkingDefaults,
  ...rbacDefaults,
  ...autoscalingDefaults,
  ...admissionregistrationDefaults,
  ...apiextensionsDefaults,
  ...apiregistrationDefaults,
  ...discoveryDefaults,
  ...schedulingDefaults,
  ...flowcontrolDefaults,
  ...resourceDefaults,
}
