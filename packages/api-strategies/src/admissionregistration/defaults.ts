import type { DefaultRule, DefaultRules } from '../defaulting/type-defaults.ts'
import { withAbsent } from '../meta/json.ts'

const selectors = { matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {} }
const webhook = { failurePolicy: 'Fail', ...selectors, timeoutSeconds: 10 }
const scopeRule: DefaultRule = (rule) => withAbsent(rule, { scope: '*' })
const policyRule: DefaultRule = (spec) => withAbsent(spec, { failurePolicy: 'Fail' })
const matchRule: DefaultRule = (match) => withAbsent(match, selectors)

/** @see pkg/apis/admissionregistration/v1/defaults.go */
export const admissionregistrationDefaults: DefaultRules = {
  'io.k8s.api.admissionregistration.v1.ValidatingWebhook': (hook) => withAbsent(hook, webhook),
  'io.k8s.api.admissionregistration.v1.MutatingWebhook': (hook) =>
    withAbsent(hook, { ...webhook, reinvocationPolicy: 'Never' }),
  'io.k8s.api.admissionregistration.v1.RuleWithOperations': scopeRule,
  'io.k8s.api.admissionregistration.v1.NamedRuleWithOperations': scopeRule,
  'io.k8s.api.admissionregistration.v1beta1.NamedRuleWithOperations': scopeRule,
  'io.k8s.api.admissionregistration.v1.ServiceReference': (reference) => withAbsent(reference, { port: 443 }),
  'io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicySpec': policyRule,
  'io.k8s.api.admissionregistration.v1beta1.MutatingAdmissionPolicySpec': policyRule,
  'io.k8s.api.admissionregistration.v1alpha1.MutatingAdmissionPolicySpec': policyRule,
  'io.k8s.api.admissionregistration.v1alpha1.ParamRef': (reference) =>
    withAbsent(reference, { parameterNotFoundAction: 'Deny' }),
  'io.k8s.api.admissionregistration.v1alpha1.MatchResources': matchRule,
  'io.k8s.api.admissionregistration.v1alpha1.NamedRuleWithOperations': scopeRule,
  'io.k8s.api.admissionregistration.v1.MatchResources': matchRule,
  'io.k8s.api.admissionregistration.v1beta1.MatchResources': matchRule,
}
