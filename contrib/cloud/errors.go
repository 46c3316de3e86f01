package cloud

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"gocloud.dev/gcerrors"

	"datum/formats"
)

// hidden is an error in words that show no secret.
type hidden struct {
	text string
	err  error
}

func (h *hidden) Error() string { return h.text }
func (h *hidden) Unwrap() error { return h.err }

var errNoCredentials = errors.New("there are no credentials")

var (
	users   = regexp.MustCompile(`://[^/\s"'@]*@`)
	queries = regexp.MustCompile(`(://[^\s"'?]*)\?[^\s"']*`)
	// named are secrets with their names, as servers repeat them.
	named = regexp.MustCompile(`(?i)\b(sig|signature|x-amz-signature|x-amz-security-token|x-amz-credential|token|secret|password|accountkey|sharedaccesssignature)=[^\s"'&;]+`)
)

// noise is what the libraries put around what was answered.
var noise = regexp.MustCompile(`^blob (\(key "[^"]*"\) )?\(code=\w+\): |\bhttps? response error |\b(RequestID|HostID): [^\s,]*, |-{20,} ?`)

// redact takes out of a text what may be secret: users and parameters of URLs.
func redact(text string) string {
	text = users.ReplaceAllString(text, "://")
	text = queries.ReplaceAllString(text, "$1")
	text = named.ReplaceAllString(text, "$1=…")
	return strings.Join(strings.Fields(text), " ")
}

// failure says what a cloud answered, about the place that is called name.
func failure(name, scheme string, err error) error {
	if err == nil {
		return nil
	}
	text := noise.ReplaceAllString(redact(err.Error()), "")
	if name != "" {
		name += ": "
	}
	shown := &hidden{name + text, err}
	switch {
	case errors.Is(err, context.Canceled):
		return shown
	case refused(err):
		shown.text = name + "access is denied: " + text
		return formats.WithHint(shown, "%s", whereCredentials(scheme))
	case errors.Is(err, errNoCredentials):
		shown.text = name + "no credentials were found"
		return formats.WithHint(shown, "%s", whereCredentials(scheme))
	case strings.Contains(strings.ToLower(text), "credential"), strings.Contains(text, "AccountName"):
		return formats.WithHint(shown, "%s", whereCredentials(scheme))
	case strings.Contains(text, "region"):
		return formats.WithHint(shown, "the region of the bucket is named by ?region=… or AWS_REGION")
	case gcerrors.Code(err) == gcerrors.NotFound:
		return formats.Reason(formats.ErrUnknownFormat, "%w", &hidden{name + "there is no such bucket, or it is not to be seen: " + text, err})
	}
	return formats.WithHint(shown, "if it cannot be reached: is the bucket, its region and its endpoint the right one?")
}

// refused reports whether a cloud does not know us, or does not let us in.
func refused(err error) bool {
	if gcerrors.Code(err) == gcerrors.PermissionDenied {
		return true
	}
	var answer interface{ ErrorCode() string }
	if !errors.As(err, &answer) {
		return false
	}
	switch answer.ErrorCode() {
	case "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "AccessDenied", "AccountProblem":
		return true
	}
	return false
}

// permanent reports whether it makes no sense to try again.
func permanent(err error) bool {
	switch gcerrors.Code(err) {
	case gcerrors.NotFound, gcerrors.PermissionDenied, gcerrors.InvalidArgument, gcerrors.FailedPrecondition, gcerrors.AlreadyExists,
		gcerrors.Unimplemented, gcerrors.Canceled:
		return true
	}
	return refused(err) || errors.Is(err, context.Canceled)
}

// whereCredentials says where a cloud takes its credentials from.
func whereCredentials(scheme string) string {
	switch scheme {
	case "gs":
		return "Google's credentials come from GOOGLE_APPLICATION_CREDENTIALS, from gcloud auth application-default login, or from the machine"
	case "azblob":
		return "Azure's credentials come from AZURE_STORAGE_ACCOUNT with AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN, from az login, or from the machine; ?storage_account=… names the account"
	}
	return "credentials for S3 come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, from ~/.aws (?profile=… chooses), or from the machine"
}
