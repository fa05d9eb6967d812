/**
 * A key and a self-signed certificate for 127.0.0.1 that tests serve HTTPS with; valid for a hundred years and worth
 * nothing, since nobody trusts it. Made with: openssl ecparam -name prime256v1 -genkey | openssl pkcs8 -topk8 -nocrypt;
 * openssl req -x509 -days 36500 -addext subjectAltName=IP:127.0.0.1,DNS:localhost
 */
export const LOOPBACK_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgCQgRVCENu5/zeyVl
w8mfZbcv3wucehqw25qkCV5/n7ihRANCAARP/Tg4bzPHmuuUWbu+g7KeXBuJFzm2
QO2Xblju2PqFk/fF+epnYhX1tGGdDeCT2waJN7ge8gA++KcrYLUADSZn
-----END PRIVATE KEY-----
`;

export const LOOPBACK_CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBozCCAUmgAwIBAgIUbsj/a7E8OoZbsOWNVmd4gNCQTVAwCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNbG9vcGJhY2sgdGVzdDAgFw0yNjExMjQwNTI2MDdaGA8yMTI2
MTAzMTA1MjYwN1owGDEWMBQGA1UEAwwNbG9vcGJhY2sgdGVzdDBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABE/9ODhvM8ea65RZu76Dsp5cG4kXObZA7ZduWO7Y+oWT
98X56mdiFfW0YZ0N4JPbBok3uB7yAD74pytgtQANJmejbzBtMB0GA1UdDgQWBBRb
jJ/YokYf82AB81QtuP/eg7dG5DAfBgNVHSMEGDAWgBRbjJ/YokYf82AB81QtuP/e
g7dG5DAaBgNVHREEEzARhwR/AAABgglsb2NhbGhvc3QwDwYDVR0TAQH/BAUwAwEB
/zAKBggqhkjOPQQDAgNIADBFAiAsKJ9P78ZidWR2XsjvzS8LGwENnrNUZ4mEF5We
EsvdJgIhAODBuNqEsj6izrfYItGL37oWfgc7j7r40ScV/VPj+5nl
-----END CERTIFICATE-----
`;

/** Another authority, which did not sign the one above. */
export const OTHER_AUTHORITY = `-----BEGIN CERTIFICATE-----
MIIBhjCCASugAwIBAgIUS/sXFVY1rj3ZPoXUdCJ7zudRpiQwCgYIKoZIzj0EAwIw
FzEVMBMGA1UEAwwMYW5vdGhlciB0ZXN0MCAXDTI2MTEyNDA1MjYwN1oYDzIxMjYx
MDMxMDUyNjA3WjAXMRUwEwYDVQQDDAxhbm90aGVyIHRlc3QwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAARnC9s3LI7UcHp8JL22X7icui6U3E8b4buCJaG1W/WvFE2U
pibbNVJuw85XyIDzI7F09+SNVZ6jgKXqonBggBxMo1MwUTAdBgNVHQ4EFgQUKkir
O5af7Bxo0KgnpjgxaBXwW+cwHwYDVR0jBBgwFoAUKkirO5af7Bxo0KgnpjgxaBXw
W+cwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEA/peoKOWxTS1M
Nm8RLQOd7aBE5QNe+MiKNw87MJn2KekCIQDzrT2Cd21aa3hle/tlwOsN25nPJKHc
q9mSHpJm8Udiaw==
-----END CERTIFICATE-----
`;
