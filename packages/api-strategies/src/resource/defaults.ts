import type { DefaultRule, DefaultRules } from '../defaulting/type-defaults.ts'
import { isEmpty, withAbsent, withEmpty } from '../meta/json.ts'

const requestRule: DefaultRule = (before) => {
  const request = withEmpty(before, { allocationMode: 'ExactCount' })
  return request['allocationMode'] === 'ExactCount' ? withEmpty(request, { count: 1 }) : request
}
/** In v1beta1 what is asked for exactly stands in the request itself, where it does not list alternatives. */
const flatRequestRule: DefaultRule = (request, context) =>
  isEmpty(request['deviceClassName']) ? request : requestRule(request, context)
const taintRule: DefaultRule = (taint, context) => withAbsent(taint, { timeAdded: context.now })

/** @see pkg/apis/resource/v1/defaults.go */
export const resourceDefaults: DefaultRules = {
  'io.k8s.api.resource.v1.ExactDeviceRequest': requestRule,
  'io.k8s.api.resource.v1.DeviceSubRequest': requestRule,
  'io.k8s.api.resource.v1.DeviceTaint': taintRule,
  'io.k8s.api.resource.v1alpha3.DeviceTaint': taintRule,
  'io.k8s.api.resource.v1beta1.DeviceRequest': flatRequestRule,
  'io.k8s.api.resource.v1beta1.DeviceSubRequest': requestRule,
  'io.k8s.api.resource.v1beta1.DeviceTaint': taintRule,
  'io.k8s.api.resource.v1beta2.ExactDeviceRequest': requestRule,
  'io.k8s.api.resource.v1beta2.DeviceSubRequest': requestRule,
  'io.k8s.api.resource.v1beta2.DeviceTaint': taintRule,
}
