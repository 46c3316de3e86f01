package cloud

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
)

// Azurite stands in for Azure, fake-gcs-server for Google's storage.
const (
	azuriteVersion = "3.35.0"
	fakeGCS        = "github.com/fsouza/fake-gcs-server"
	fakeGCSVersion = "v1.56.1"
)

const azuriteAccount = "tester"

// wanted skips the test of a server that takes long to be had, unless it is there
// already or DATUM_CLOUD_SERVER=required wants it.
func wanted(t *testing.T, folder string) {
	t.Helper()
	if os.Getenv("DATUM_CLOUD_SERVER") == "required" {
		return
	}
	cache, err := os.UserCacheDir()
	if err == nil {
		_, err = os.Stat(filepath.Join(cache, "datum", folder))
	}
	if err != nil {
		without(t, fmt.Errorf("DATUM_CLOUD_SERVER=required installs it: %w", err))
	}
}

func TestAzure(t *testing.T) {
	wanted(t, "azurite-"+azuriteVersion)
	secret := make([]byte, 64)
	rand.Read(secret)
	azuriteKey := base64.StdEncoding.EncodeToString(secret)
	program, err := cached("azurite-"+azuriteVersion, "node_modules/.bin/azurite-blob", "npm", "install", "--no-audit", "--no-fund", "--silent", "azurite@"+azuriteVersion)
	without(t, err)
	address, err := freeAddress()
	without(t, err)
	_, port, _ := strings.Cut(address, ":")
	cmd := exec.Command(program, "--silent", "--inMemoryPersistence", "--skipApiVersionCheck", "--blobPort", port)
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "AZURITE_ACCOUNTS="+azuriteAccount+":"+azuriteKey)
	t.Cleanup(func() { stopServer(cmd) })
	without(t, answers(cmd, address))

	credential, err := container.NewSharedKeyCredential(azuriteAccount, azuriteKey)
	if err != nil {
		t.Fatal(err)
	}
	client, err := container.NewClientWithSharedKeyCredential("http://"+address+"/"+azuriteAccount+"/pictures", credential, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Create(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AZURE_STORAGE_ACCOUNT", azuriteAccount)
	t.Setenv("AZURE_STORAGE_KEY", azuriteKey)
	everyCloud(t, "azblob://", "?localemu=true&protocol=http&domain=localhost:"+port)
}

func TestGoogle(t *testing.T) {
	wanted(t, "fake-gcs-server-"+fakeGCSVersion)
	program, err := cached("fake-gcs-server-"+fakeGCSVersion, "fake-gcs-server", "go", "install", fakeGCS+"@"+fakeGCSVersion)
	without(t, err)
	address, err := freeAddress()
	without(t, err)
	host, port, _ := strings.Cut(address, ":")
	cmd := exec.Command(program, "-scheme", "http", "-host", host, "-port", port, "-backend", "memory", "-public-host", address, "-log-level", "error")
	cmd.Dir = t.TempDir()
	t.Cleanup(func() { stopServer(cmd) })
	without(t, answers(cmd, address))
	made, err := http.Post("http://"+address+"/storage/v1/b?project=x", "application/json", bytes.NewBufferString(`{"name":"pictures"}`))
	if err != nil {
		t.Fatal(err)
	}
	made.Body.Close()
	t.Setenv("STORAGE_EMULATOR_HOST", address)
	everyCloud(t, "gs://", "?anonymous=true")
}

// everyCloud is what has to work in each of them, in a bucket called pictures.
func everyCloud(t *testing.T, scheme, parameters string) {
	url := func(key string) string { return scheme + "pictures/" + key + parameters }
	key, dir := newKey(t), t.TempDir()
	must(t, 0, "convert", "-i", sample, "-f", "coco", "-o", dir+"/coco", "--save-media")
	must(t, 0, "convert", "-i", sample, "-f", "coco", "-o", url("coco"), "--save-media")
	must(t, 0, "encrypt", url("coco"), url("sealed"), "-k", key)
	must(t, 0, "verify", url("sealed"), "-k", key)
	must(t, 0, "convert", "-i", url("coco"), "-f", "coco", "-o", dir+"/back", "--save-media")
	sameTree(t, dir+"/back", dir+"/coco")
	must(t, 0, "convert", "-i", url("sealed"), "-k", key, "-f", "coco", "-o", url("sealed.zip"), "--save-media")
	must(t, 0, "convert", "-i", url("sealed.zip"), "-f", "coco", "-o", dir+"/unsealed", "--save-media")
	sameTree(t, dir+"/unsealed", dir+"/coco")

	must(t, 11, "encrypt", sample, url("sealed"), "-k", key)
	must(t, 11, "convert", "-i", sample, "-f", "coco", "-o", url("sealed.zip"))
	must(t, 0, "convert", "-i", sample, "-f", "voc", "-o", url("sealed"), "--overwrite")
	must(t, 0, "info", url("sealed"))
	must(t, 10, "info", url("nothing"))
	if said := must(t, 10, "info", strings.Replace(url("x"), "pictures", "no-such-bucket", 1)); strings.Contains(said, "localemu") {
		t.Error(said)
	}
}

func TestWithoutCredentials(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		url, want string
	}{
		{"gs://bucket/x", "GOOGLE_APPLICATION_CREDENTIALS"},
		{"azblob://bucket/x", "AZURE_STORAGE_ACCOUNT"},
		{"s3://bucket/x?region=us-east-1&endpoint=http://127.0.0.1:1", "AWS_ACCESS_KEY_ID"},
	} {
		cmd := program("info", test.url)
		// A home of its own, so that nothing of this machine is used.
		cmd.Env = []string{asProgram + "=1", "HOME=" + t.TempDir(), "AWS_EC2_METADATA_DISABLED=true"}
		var said bytes.Buffer
		cmd.Stderr = &said
		out, err := cmd.Output()
		if err == nil || cmd.ProcessState.ExitCode() != 1 || !strings.Contains(said.String(), test.want) {
			t.Errorf("%s: exit code %d\n%s", test.url, cmd.ProcessState.ExitCode(), said.String())
		}
		if len(out) > 0 {
			t.Errorf("%s: on standard output, which is for results: %s", test.url, out)
		}
	}
}
