export { type Credentials, newCredentials } from './credentials.ts'
export { type KubeconfigInput, kubeconfig } from './kubeconfig.ts'
export { type ListenOptions, listen, type RunningServer } from './listen.ts'
export { type FetchHandler, nodeListener } from './node-http.ts'
