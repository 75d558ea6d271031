/** How the cluster names the people and groups that the forge knows. */
export interface ClusterNaming {
  readonly usernamePrefix: string;
  readonly groupsPrefix: string;
}
