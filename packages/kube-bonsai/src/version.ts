/** The version of this package. */
export const bonsaiVersion = '0.1.0'

/** The Kubernetes release whose behaviour is modelled. */
export const kubernetesVersion = 'v1.35.4'
