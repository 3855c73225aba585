export type { User } from './context.ts'
export { type ApiServer, type ApiServerOptions, createApiServer } from './server.ts'
export type { NodeProxy, PodLogOptions } from './subresources/node-proxy.ts'
