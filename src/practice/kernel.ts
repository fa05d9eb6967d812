/** The Linux that Nodes say they run; containers see the same one. */
export const KERNEL_RELEASE = '6.12.41+deb13-cloud-amd64';
