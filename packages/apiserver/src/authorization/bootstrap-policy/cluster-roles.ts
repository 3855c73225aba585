import type { RoleFacts } from './facts.ts'

/** The roles of the cluster that are not a controller's. @see plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go */
export const clusterRoles: readonly RoleFacts[] = [
  { name: 'admin', gathers: 'admin' },

  { name: 'cluster-admin', rules: ['* * *', '* url *'] },

  { name: 'edit', addedTo: 'admin', gathers: 'edit' },

  {
    name: 'system:aggregate-to-admin',
    addedTo: 'admin',
    rules: [
      'create authorization.k8s.io localsubjectaccessreviews',
      'create,delete,deletecollection,get,list,patch,update,watch rbac.authorization.k8s.io rolebindings,roles',
    ],
  },

  {
    name: 'system:aggregate-to-edit',
    addedTo: 'edit',
    rules: [
      'get,list,watch core pods/attach,pods/exec,pods/portforward,pods/proxy,secrets,services/proxy',
      'impersonate core serviceaccounts',
      'create,delete,deletecollection,patch,update core pods,pods/attach,pods/exec,pods/portforward,pods/proxy',
      'create core pods/eviction',
      'create,delete,deletecollection,patch,update core configmaps,persistentvolumeclaims,replicationcontrollers,replicationcontrollers/scale,secrets,serviceaccounts,services,services/proxy',
      'create core serviceaccounts/token',
      'create,delete,deletecollection,patch,update core,events.k8s.io events',
      'create,delete,deletecollection,patch,update apps daemonsets,deployments,deployments/rollback,deployments/scale,replicasets,replicasets/scale,statefulsets,statefulsets/scale',
      'create,delete,deletecollection,patch,update autoscaling horizontalpodautoscalers',
      'create,delete,deletecollection,patch,update batch cronjobs,jobs',
      'create,delete,deletecollection,patch,update extensions daemonsets,deployments,deployments/rollback,deployments/scale,ingresses,networkpolicies,replicasets,replicasets/scale,replicationcontrollers/scale',
      'create,delete,deletecollection,patch,update policy poddisruptionbudgets',
      'create,delete,deletecollection,patch,update networking.k8s.io ingresses,networkpolicies',
      'create,delete,deletecollection,get,list,patch,update,watch coordination.k8s.io leases',
      '?DynamicResourceAllocation create,delete,deletecollection,patch,update resource.k8s.io resourceclaims,resourceclaimtemplates',
    ],
  },

  {
    name: 'system:aggregate-to-view',
    addedTo: 'view',
    rules: [
      'get,list,watch core configmaps,endpoints,persistentvolumeclaims,persistentvolumeclaims/status,pods,replicationcontrollers,replicationcontrollers/scale,serviceaccounts,services,services/status',
      'get,list,watch core bindings,limitranges,namespaces/status,pods/log,pods/status,replicationcontrollers/status,resourcequotas,resourcequotas/status',
      'get,list,watch core namespaces',
      'get,list,watch core,events.k8s.io events',
      'get,list,watch discovery.k8s.io endpointslices',
      'get,list,watch apps controllerrevisions,daemonsets,daemonsets/status,deployments,deployments/scale,deployments/status,replicasets,replicasets/scale,replicasets/status,statefulsets,statefulsets/scale,statefulsets/status',
      'get,list,watch autoscaling horizontalpodautoscalers,horizontalpodautoscalers/status',
      'get,list,watch batch cronjobs,cronjobs/status,jobs,jobs/status',
      'get,list,watch extensions daemonsets,daemonsets/status,deployments,deployments/scale,deployments/status,ingresses,ingresses/status,networkpolicies,replicasets,replicasets/scale,replicasets/status,replicationcontrollers/scale',
      'get,list,watch policy poddisruptionbudgets,poddisruptionbudgets/status',
      'get,list,watch networking.k8s.io ingresses,ingresses/status,networkpolicies',
      '?DynamicResourceAllocation get,list,watch resource.k8s.io resourceclaims,resourceclaims/status,resourceclaimtemplates',
    ],
  },

  {
    name: 'system:auth-delegator',
    rules: ['create authentication.k8s.io tokenreviews', 'create authorization.k8s.io subjectaccessreviews'],
  },

  {
    name: 'system:basic-user',
    rules: [
      'create authorization.k8s.io selfsubjectaccessreviews,selfsubjectrulesreviews',
      'create authentication.k8s.io selfsubjectreviews',
    ],
  },

  {
    name: 'system:certificates.k8s.io:certificatesigningrequests:nodeclient',
    rules: ['create certificates.k8s.io certificatesigningrequests/nodeclient'],
  },

  {
    name: 'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient',
    rules: ['create certificates.k8s.io certificatesigningrequests/selfnodeclient'],
  },

  {
    name: 'system:certificates.k8s.io:kube-apiserver-client-approver',
    rules: ['approve certificates.k8s.io signers kubernetes.io/kube-apiserver-client'],
  },

  {
    name: 'system:certificates.k8s.io:kube-apiserver-client-kubelet-approver',
    rules: ['approve certificates.k8s.io signers kubernetes.io/kube-apiserver-client-kubelet'],
  },

  {
    name: 'system:certificates.k8s.io:kubelet-serving-approver',
    rules: ['approve certificates.k8s.io signers kubernetes.io/kubelet-serving'],
  },

  {
    name: 'system:certificates.k8s.io:legacy-unknown-approver',
    rules: ['approve certificates.k8s.io signers kubernetes.io/legacy-unknown'],
  },

  {
    name: 'system:cluster-trust-bundle-discovery',
    gate: 'ClusterTrustBundle',
    rules: ['get,list,watch certificates.k8s.io clustertrustbundles'],
  },

  {
    name: 'system:discovery',
    rules: ['get url /api,/api/*,/apis,/apis/*,/healthz,/livez,/openapi,/openapi/*,/readyz,/version,/version/'],
  },

  {
    name: 'system:heapster',
    rules: ['get,list,watch core events,namespaces,nodes,pods', 'get,list,watch extensions deployments'],
  },

  { name: 'system:kube-aggregator', rules: ['get,list,watch core endpoints,services'] },

  {
    name: 'system:kube-controller-manager',
    rules: [
      'create,patch,update core,events.k8s.io events',
      'create coordination.k8s.io leases',
      'get,update coordination.k8s.io leases kube-controller-manager',
      'create core secrets,serviceaccounts',
      'delete core secrets',
      'get core configmaps,namespaces,secrets,serviceaccounts',
      'update core secrets,serviceaccounts',
      'create authentication.k8s.io tokenreviews',
      'create authorization.k8s.io subjectaccessreviews',
      'list,watch * *',
      'create core serviceaccounts/token',
    ],
  },

  { name: 'system:kube-dns', rules: ['list,watch core endpoints,services'] },

  {
    name: 'system:kube-scheduler',
    rules: [
      'create,patch,update core,events.k8s.io events',
      'create coordination.k8s.io leases',
      'get,list,update,watch coordination.k8s.io leases kube-scheduler',
      'create,delete,deletecollection,get,list,patch,update,watch coordination.k8s.io leasecandidates',
      'get,list,watch core nodes',
      'delete,get,list,watch core pods',
      'create core bindings,pods/binding',
      'patch,update core pods/status',
      'get,list,watch core replicationcontrollers,services',
      'get,list,watch apps,extensions replicasets',
      'get,list,watch apps statefulsets',
      'get,list,watch policy poddisruptionbudgets',
      'get,list,watch core persistentvolumeclaims,persistentvolumes',
      'create authentication.k8s.io tokenreviews',
      'create authorization.k8s.io subjectaccessreviews',
      'get,list,watch storage.k8s.io csinodes',
      'get,list,watch storage.k8s.io volumeattachments',
      'get,list,watch core namespaces',
      'get,list,watch storage.k8s.io csidrivers',
      'get,list,watch storage.k8s.io csistoragecapacities',
      '?DynamicResourceAllocation get,list,watch resource.k8s.io deviceclasses',
      '?DynamicResourceAllocation get,list,patch,update,watch resource.k8s.io resourceclaims',
      '?DynamicResourceAllocation get,list,patch,update,watch resource.k8s.io resourceclaims/status',
      '?DynamicResourceAllocation update core pods/finalizers',
      '?DynamicResourceAllocation get,list,watch resource.k8s.io resourceslices',
      '?DynamicResourceAllocation&DRAExtendedResource create,delete resource.k8s.io resourceclaims',
      '?DynamicResourceAllocation&DRADeviceTaintRules get,list,watch resource.k8s.io devicetaintrules',
      '?GenericWorkload get,list,watch scheduling.k8s.io workloads',
    ],
  },

  {
    name: 'system:kubelet-api-admin',
    rules: [
      'get,list,watch core nodes',
      'proxy core nodes',
      '* core nodes/log,nodes/metrics,nodes/proxy,nodes/stats',
      '?KubeletFineGrainedAuthz * core nodes/configz,nodes/healthz,nodes/pods',
    ],
  },

  {
    name: 'system:monitoring',
    rules: [
      'get url /healthz,/healthz/*,/livez,/livez/*,/metrics,/metrics/slis,/readyz,/readyz/*',
      'get core nodes/metrics',
      '?ComponentFlagz get url /flagz',
      '?ComponentStatusz get url /statusz',
    ],
  },

  {
    name: 'system:node',
    rules: [
      'create authentication.k8s.io tokenreviews',
      'create authorization.k8s.io localsubjectaccessreviews,subjectaccessreviews',
      'get,list,watch core services',
      'create,get,list,watch core nodes',
      'patch,update core nodes/status',
      'patch,update core nodes',
      'create,patch,update core,events.k8s.io events',
      'get,list,watch core pods',
      'create,delete core pods',
      'patch,update core pods/status',
      'create core pods/eviction',
      'get,list,watch core configmaps,secrets',
      'get core persistentvolumeclaims,persistentvolumes',
      'get core endpoints',
      'create,get,list,watch certificates.k8s.io certificatesigningrequests',
      'create,delete,get,patch,update coordination.k8s.io leases',
      'get storage.k8s.io volumeattachments',
      'create core serviceaccounts/token',
      'get,patch,update core persistentvolumeclaims/status',
      'get,list,watch storage.k8s.io csidrivers',
      'create,delete,get,patch,update storage.k8s.io csinodes',
      'get,list,watch node.k8s.io runtimeclasses',
      '?DynamicResourceAllocation get resource.k8s.io resourceclaims',
      '?DynamicResourceAllocation deletecollection resource.k8s.io resourceslices',
      '?ClusterTrustBundle get,list,watch certificates.k8s.io clustertrustbundles',
      '?KubeletServiceAccountTokenForCredentialProviders get core serviceaccounts',
      '?PodCertificateRequest create,get,list,watch certificates.k8s.io podcertificaterequests',
    ],
  },

  { name: 'system:node-bootstrapper', rules: ['create,get,list,watch certificates.k8s.io certificatesigningrequests'] },

  {
    name: 'system:node-problem-detector',
    rules: ['get core nodes', 'patch core nodes/status', 'create,patch,update core,events.k8s.io events'],
  },

  {
    name: 'system:node-proxier',
    rules: [
      'list,watch core endpoints,services',
      'get,list,watch core nodes',
      'create,patch,update core,events.k8s.io events',
      '?MultiCIDRServiceAllocator list,watch networking.k8s.io servicecidrs',
      'list,watch discovery.k8s.io endpointslices',
    ],
  },

  {
    name: 'system:persistent-volume-provisioner',
    rules: [
      'create,delete,get,list,watch core persistentvolumes',
      'get,list,update,watch core persistentvolumeclaims',
      'get,list,watch storage.k8s.io storageclasses',
      'watch core events',
      'create,patch,update core,events.k8s.io events',
    ],
  },

  { name: 'system:public-info-viewer', rules: ['get url /healthz,/livez,/readyz,/version,/version/'] },

  {
    name: 'system:service-account-issuer-discovery',
    rules: [
      'get url /.well-known/openid-configuration,/.well-known/openid-configuration/,/openid/v1/jwks,/openid/v1/jwks/',
    ],
  },

  {
    name: 'system:volume-scheduler',
    rules: [
      'get,list,patch,update,watch core persistentvolumes',
      'get,list,watch storage.k8s.io storageclasses',
      'get,list,patch,update,watch core persistentvolumeclaims',
    ],
  },

  { name: 'view', addedTo: 'edit', gathers: 'view' },
]
