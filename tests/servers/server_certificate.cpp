#include "server_certificate.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <stdexcept>

namespace tapedeck::servers {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

Certificate self_signed(EVP_PKEY *key) {
  Certificate out(X509_new(), &X509_free);
  X509_set_version(out.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(out.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(out.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(out.get()), 86400);
  X509_set_pubkey(out.get(), key);
  X509_NAME *name = X509_get_subject_name(out.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char *>("tapedeck test"), -1, -1, 0);
  X509_set_issuer_name(out.get(), name);
  X509_EXTENSION *address = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
  X509_add_ext(out.get(), address, -1);
  X509_EXTENSION_free(address);
  X509_sign(out.get(), key, EVP_sha256());
  return out;
}

template <class Write>
void write_file(const std::filesystem::path &file, Write write) {
  const int fd = open(file.c_str(), O_CREAT | O_WRONLY | O_EXCL | O_CLOEXEC, 0600);
  std::FILE *out = fd < 0 ? nullptr : fdopen(fd, "w");
  if (out == nullptr || write(out) != 1) throw std::runtime_error("writing " + file.string() + " failed");
  std::fclose(out);
}

}  // namespace

void write_certificate(const std::filesystem::path &certificate, const std::filesystem::path &key) {
  const Key made(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  const Certificate x509 = self_signed(made.get());
  write_file(certificate, [&](std::FILE *out) { return PEM_write_X509(out, x509.get()); });
  write_file(key, [&](std::FILE *out) { return PEM_write_PrivateKey(out, made.get(), nullptr, nullptr, 0, nullptr, nullptr); });
}

}  // namespace tapedeck::servers
