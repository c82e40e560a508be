// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_PERSONAL_SEALER_HPP
#define EVENTSOURCING_PERSONAL_SEALER_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/random_bits.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/utf8.hpp>
#include <eventsourcing/personal/ciphers.hpp>
#include <eventsourcing/personal/key_table.hpp>
#include <eventsourcing/personal/personal.hpp>
#include <eventsourcing/personal/plain_buffer.hpp>
#include <eventsourcing/personal/sealed_bytes.hpp>
#include <eventsourcing/personal/secret.hpp>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing::detail::personal {

/// Refuses names that can't be told apart, or would garble a message.
inline Result<void> check_subject(std::string_view subject) {
    if (subject.empty())
        return Error(errc::invalid, "the subject of personal data is empty; expected a name of the "
                                    "person that is no secret, such as \"person:42\"");
    if (subject.size() > max_subject_size)
        return Error(errc::invalid, joined({"the subject ", in_quotes(subject), " has ",
                                            std::to_string(subject.size()),
                                            " bytes; expected at most 200: use a number or id"}));
    for (std::string_view rest = subject; !rest.empty();) {
        const auto [value, size] = decode_utf8(rest);
        if (size == 0 || is_control(value))
            return Error(errc::invalid, joined({"the subject ", in_quotes(subject),
                                                " holds a control character or is not UTF-8; "
                                                "expected a name such as \"person:42\""}));
        rest.remove_prefix(size);
    }
    return {};
}

/// Seals and opens bytes with the keys of a table. May be used from several threads at once.
class Sealer {
public:
    explicit Sealer(std::shared_ptr<KeyTable> keys) : keys_(std::move(keys)) {}

    /// `buffer` holds `before_value` bytes of any kind and then the value; afterwards it is the
    /// sealed bytes.
    [[nodiscard]] Result<void> seal(std::string_view subject, std::string& buffer) {
        if (buffer.size() - before_value > max_value_size)
            return Error(errc::too_large,
                         joined({data_of(subject), ": its JSON has ",
                                 std::to_string(buffer.size() - before_value),
                                 " bytes; expected at most ", std::to_string(max_value_size),
                                 ": keep what is larger elsewhere, and seal a key of its own"}));
        const std::uint64_t erasures = keys_->erasures();
        SubjectKey key;
        if (auto found = keys_->of_subject(subject, key); !found)
            return std::move(found).error();

        write_header(buffer.data(), {sealed_format, keys_->id(), key.id}, subject);
        const std::array<std::uint64_t, 2> nonce{random_bits(), random_bits()};
        std::memcpy(buffer.data() + header_size, nonce.data(), nonce_size);
        const Ciphers::Lease cipher(ciphers_, erasures);
        if (!cipher || !encrypt(cipher->encrypt.get(), key.secret, subject, buffer))
            return openssl_failed(subject, "encrypt");
        return {};
    }

    /// Decrypts sealed bytes into `value`, as JSON.
    [[nodiscard]] Result<void> open(std::string_view subject, std::string_view sealed,
                                    PlainBuffer& value) {
        SealedHeader header;
        if (subject.size() > max_subject_size || !read_header(sealed, subject, header))
            return damaged(subject);
        if (header.format != sealed_format)
            return Error(errc::unsupported,
                         joined({data_of(subject), ": it is sealed in format ",
                                 std::to_string(header.format),
                                 ", and this library knows format 1: use a later one"}));
        if (header.table != keys_->id())
            return Error(errc::invalid,
                         joined({data_of(subject), ": it is sealed with a key that was never in ",
                                 keys_->name(), "; open it with the keys that sealed it"}));
        const std::uint64_t erasures = keys_->erasures();
        Secret secret;
        auto found = keys_->find(header.key, subject, secret);
        if (!found)
            return std::move(found).error();
        if (*found == Found::erased)
            return Error(errc::gone, joined({data_of(subject), ": it is gone, since the key of its "
                                                               "subject was erased"}));
        if (*found == Found::never)
            return Error(errc::gone,
                         joined({data_of(subject), ": its key is not in ", keys_->name(),
                                 " any more; if that was restored from a backup, the "
                                 "key is only in what it replaced"}));
        if (*found == Found::of_other_subject)
            return damaged(subject);

        const Ciphers::Lease cipher(ciphers_, erasures);
        if (!cipher)
            return openssl_failed(subject, "decrypt");
        value.make(sealed.size() - overhead);
        if (!decrypt(cipher->decrypt.get(), secret, subject, sealed, value.data()))
            return damaged(subject);
        return {};
    }

    Result<bool> erase(std::string_view subject) {
        auto done = keys_->erase(subject);
        ciphers_.forget(keys_->erasures());
        return done;
    }

    [[nodiscard]] Result<std::string> blind(std::string_view name, std::string_view text) {
        Secret key;
        if (auto found = keys_->blinding_key(key); !found)
            return std::move(found).error();
        PlainBuffer message; // with the size: ("ab", "c") is not ("a", "bc")
        message.make(8 + name.size() + text.size());
        put_number(message.data(), name.size());
        name.copy(message.data() + 8, name.size());
        text.copy(message.data() + 8 + name.size(), text.size());
        std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
        unsigned size = 0;
        if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(Secret::size),
                  reinterpret_cast<const unsigned char*>(message.data()), message.size(),
                  hash.data(), &size))
            return Error(errc::unavailable,
                         "OpenSSL could not make a hash: it has no memory, or no SHA-256");
        std::string out;
        out.reserve(std::size_t{2} * size);
        for (unsigned i = 0; i < size; ++i) {
            out += "0123456789abcdef"[hash[i] >> 4U];
            out += "0123456789abcdef"[hash[i] & 0xFU];
        }
        return out;
    }

private:
    [[gnu::cold]] static Error damaged(std::string_view subject) {
        return {errc::corrupt,
                joined({data_of(subject), ": its sealed bytes were changed or cut off, or moved "
                                          "here from another subject; restore them from a "
                                          "backup, and copy a Personal only as a whole"})};
    }
    [[gnu::cold]] static Error openssl_failed(std::string_view subject, std::string_view what) {
        return {errc::unavailable,
                joined({data_of(subject), ": OpenSSL could not ", what,
                        " it: it has no memory, or its configuration has no AES-256-GCM"})};
    }

    static bool encrypt(EVP_CIPHER_CTX* context, const Secret& secret, std::string_view subject,
                        std::string& buffer) {
        const AssociatedData with(buffer, subject);
        const auto length = static_cast<int>(buffer.size() - before_value);
        buffer.resize(buffer.size() + tag_size);
        auto* const bytes = reinterpret_cast<unsigned char*>(buffer.data());
        auto* const value = bytes + before_value;
        int done = 0;
        return EVP_EncryptInit_ex(context, nullptr, nullptr, secret.data(), bytes + header_size) ==
                   1 &&
               EVP_EncryptUpdate(context, nullptr, &done, with.data(), with.size()) == 1 &&
               EVP_EncryptUpdate(context, value, &done, value, length) == 1 && done == length &&
               EVP_EncryptFinal_ex(context, value + length, &done) == 1 &&
               EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, static_cast<int>(tag_size),
                                   value + length) == 1;
    }
    static bool decrypt(EVP_CIPHER_CTX* context, const Secret& secret, std::string_view subject,
                        std::string_view sealed, char* value) {
        const AssociatedData with(sealed, subject);
        const auto length = static_cast<int>(sealed.size() - overhead);
        const auto* const bytes = reinterpret_cast<const unsigned char*>(sealed.data());
        auto* const to = reinterpret_cast<unsigned char*>(value);
        std::array<unsigned char, tag_size> tag{}; // which OpenSSL takes without const
        std::memcpy(tag.data(), bytes + before_value + length, tag_size);
        int done = 0;
        return EVP_DecryptInit_ex(context, nullptr, nullptr, secret.data(), bytes + header_size) ==
                   1 &&
               EVP_DecryptUpdate(context, nullptr, &done, with.data(), with.size()) == 1 &&
               EVP_DecryptUpdate(context, to, &done, bytes + before_value, length) == 1 &&
               done == length &&
               EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, static_cast<int>(tag_size),
                                   tag.data()) == 1 &&
               EVP_DecryptFinal_ex(context, to + length, &done) == 1;
    }

    const std::shared_ptr<KeyTable> keys_;
    Ciphers ciphers_;
};

} // namespace eventsourcing::detail::personal

#endif
