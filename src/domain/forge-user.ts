export interface ForgeUser {
  /** Never given to anybody else: the number of GitLab and GitHub, the name of the local forge. */
  readonly id: string;
  readonly name: string;
  /** An App, a project's or group's token, a service account: no person. */
  readonly bot: boolean;
}
