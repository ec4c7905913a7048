# What an operator's runbook does for the list of CAs: a login, then the list. The
# password and the token stay out of the arguments.
set -eu
umask 077
printf '%s\n' "$OM_CA_CERT" >"$HOME/ca.pem"
token=$(
  curl -fsS --cacert "$HOME/ca.pem" -K - <<END | sed -n 's/.*"access_token": *"\([^"]*\)".*/\1/p'
url = "$OM_TARGET/uaa/oauth/token"
user = "opsman:"
data-urlencode = "grant_type=password"
data-urlencode = "username=$OM_USERNAME"
data-urlencode = "password=$OM_PASSWORD"
END
)
exec curl -fsS --cacert "$HOME/ca.pem" -K - <<END
url = "$OM_TARGET/api/v0/certificate_authorities"
header = "Authorization: Bearer $token"
END
