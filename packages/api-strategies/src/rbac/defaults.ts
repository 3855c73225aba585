import type { DefaultRule, DefaultRules } from '../defaulting/type-defaults.ts'
import { fieldsOf, withEmpty, withField } from '../meta/json.ts'

const group = 'rbac.authorization.k8s.io'

const roleRefRule: DefaultRule = (binding) =>
  withField(binding, 'roleRef', withEmpty(fieldsOf(binding['roleRef']), { apiGroup: group }))

/** @see pkg/apis/rbac/v1/defaults.go */
export const rbacDefaults: DefaultRules = {
  'io.k8s.api.rbac.v1.RoleBinding': roleRefRule,
  'io.k8s.api.rbac.v1.ClusterRoleBinding': roleRefRule,
  'io.k8s.api.rbac.v1.Subject': (subject) =>
    subject['kind'] === 'User' || subject['kind'] === 'Group' ? withEmpty(subject, { apiGroup: group }) : subject,
}
