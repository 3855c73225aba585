import type { OracleFunction } from '../protocol/answer.ts'
import { deviceFunctions } from './devices.ts'
import { kubeletFunctions } from './kubelet.ts'
import { managedFieldsFunctions } from './managed-fields.ts'
import { nameFunctions } from './names.ts'
import { objectFunctions } from './objects.ts'
import { patchFunctions } from './patch.ts'
import { podFunctions } from './pods.ts'
import { protobufFunctions } from './protobuf.ts'
import { quantityFunctions } from './quantity.ts'
import { resourceVersionFunctions } from './resource-version.ts'
import { schedulingFunctions } from './scheduling.ts'
import { selectorFunctions } from './selectors.ts'
import { serviceFunctions } from './services.ts'
import { tableFunctions } from './tables.ts'
import { valueFunctions } from './values.ts'
import { workloadFunctions } from './workloads.ts'
import { yamlFunctions } from './yaml.ts'

/** Every function of the protocol that the packages here compute, by name. */
export const functions: Readonly<Record<string, OracleFunction>> = {
  ...quantityFunctions,
  ...resourceVersionFunctions,
  ...selectorFunctions,
  ...valueFunctions,
  ...nameFunctions,
  ...patchFunctions,
  ...managedFieldsFunctions,
  ...podFunctions,
  ...schedulingFunctions,
  ...yamlFunctions,
  ...workloadFunctions,
  ...serviceFunctions,
  ...objectFunctions,
  ...tableFunctions,
  ...protobufFunctions,
  ...deviceFunctions,
  ...kubeletFunctions,
}
