import type { BindingFacts, RoleFacts } from './facts.ts'

/** The roles of system namespaces. @see plugin/pkg/auth/authorizer/rbac/bootstrappolicy/namespace_policy.go */
export const namespacedRoles: readonly RoleFacts[] = [
  {
    namespace: 'kube-public',
    name: 'system:controller:bootstrap-signer',
    rules: [
      'get,list,watch core configmaps',
      'update core configmaps cluster-info',
      'create,patch,update core,events.k8s.io events',
    ],
  },
  {
    namespace: 'kube-system',
    name: 'extension-apiserver-authentication-reader',
    rules: ['get,list,watch core configmaps extension-apiserver-authentication'],
  },
  {
    namespace: 'kube-system',
    name: 'system::leader-locking-kube-controller-manager',
    rules: [
      'create,get,list,update,watch coordination.k8s.io leases',
      'create,get,list,update,watch coordination.k8s.io leasecandidates',
    ],
  },
  {
    namespace: 'kube-system',
    name: 'system::leader-locking-kube-scheduler',
    rules: [
      'create,get,list,update,watch coordination.k8s.io leases',
      'create,get,list,update,watch coordination.k8s.io leasecandidates',
    ],
  },
  { namespace: 'kube-system', name: 'system:controller:bootstrap-signer', rules: ['get,list,watch core secrets'] },
  {
    namespace: 'kube-system',
    name: 'system:controller:cloud-provider',
    rules: ['create,get,list,watch core configmaps'],
  },
  {
    namespace: 'kube-system',
    name: 'system:controller:token-cleaner',
    rules: ['delete,get,list,watch core secrets', 'create,patch,update core,events.k8s.io events'],
  },
]

/** Who has them. */
export const namespacedBindings: readonly BindingFacts[] = [
  { namespace: 'kube-public', name: 'system:controller:bootstrap-signer', subjects: ['kube-system/bootstrap-signer'] },
  {
    namespace: 'kube-system',
    name: 'system::extension-apiserver-authentication-reader',
    role: 'extension-apiserver-authentication-reader',
    subjects: ['u:system:kube-controller-manager', 'u:system:kube-scheduler'],
  },
  {
    namespace: 'kube-system',
    name: 'system::leader-locking-kube-controller-manager',
    subjects: [
      'u:system:kube-controller-manager',
      'kube-system/kube-controller-manager',
      'kube-system/leader-election-controller',
    ],
  },
  {
    namespace: 'kube-system',
    name: 'system::leader-locking-kube-scheduler',
    subjects: ['u:system:kube-scheduler', 'kube-system/kube-scheduler'],
  },
  { namespace: 'kube-system', name: 'system:controller:bootstrap-signer', subjects: ['kube-system/bootstrap-signer'] },
  { namespace: 'kube-system', name: 'system:controller:cloud-provider', subjects: ['kube-system/cloud-provider'] },
  { namespace: 'kube-system', name: 'system:controller:token-cleaner', subjects: ['kube-system/token-cleaner'] },
]

/** Who has the roles of the cluster; each controller has its own besides. */
export const clusterBindings: readonly BindingFacts[] = [
  { name: 'cluster-admin', subjects: ['g:system:masters'] },
  { name: 'system:basic-user', subjects: ['g:system:authenticated'] },
  { name: 'system:cluster-trust-bundle-discovery', gate: 'ClusterTrustBundle', subjects: ['g:system:serviceaccounts'] },
  { name: 'system:discovery', subjects: ['g:system:authenticated'] },
  { name: 'system:kube-controller-manager', subjects: ['u:system:kube-controller-manager'] },
  { name: 'system:kube-dns', subjects: ['kube-system/kube-dns'] },
  { name: 'system:kube-scheduler', subjects: ['u:system:kube-scheduler'] },
  { name: 'system:monitoring', subjects: ['g:system:monitoring'] },
  { name: 'system:node', subjects: [] },
  { name: 'system:node-proxier', subjects: ['u:system:kube-proxy'] },
  { name: 'system:public-info-viewer', subjects: ['g:system:authenticated', 'g:system:unauthenticated'] },
  { name: 'system:service-account-issuer-discovery', subjects: ['g:system:serviceaccounts'] },
  { name: 'system:volume-scheduler', subjects: ['u:system:kube-scheduler'] },
]
