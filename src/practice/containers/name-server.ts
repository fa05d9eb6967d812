/**
 * A name server as a resolver asks it: the IPv4 addresses of a name, which is whole and in small letters; undefined when there
 * is no such name. Questions and answers are no packets: UDP is not modelled.
 */
export type NameServer = (name: string) => readonly string[] | undefined;
