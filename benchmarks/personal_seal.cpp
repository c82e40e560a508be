// SPDX-License-Identifier: MIT
// Sealing and opening 64 bytes of personal data, against the calls of OpenSSL that do so, with
// contexts, cipher and keys at hand. A hundred subjects take turns, each with a key of its own.
//
// The library also writes and reads JSON and Base64, finds the key, and checks what a value says of
// itself.
#include <eventsourcing/personal/memory_keys.hpp>

#include "compare.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace es = eventsourcing;

constexpr std::size_t subjects = 100;
const std::string plain_text(64, 'x');

std::string subject(std::size_t i) {
    return "person:" + std::to_string(1000 + i % subjects);
}

namespace with_library {

compare::Work seal(unsigned long operations) {
    auto keys = std::make_shared<es::MemoryKeys>();
    auto names = std::make_shared<std::vector<std::string>>();
    for (std::size_t i = 0; i < subjects; ++i)
        names->push_back(subject(i));
    return [=] {
        unsigned long sum = 0;
        for (unsigned long i = 0; i < operations; ++i) {
            auto sealed = keys->seal((*names)[i % subjects], plain_text);
            if (!sealed)
                std::abort();
            sum += sealed->subject().size();
        }
        return sum;
    };
}

compare::Work open(unsigned long operations) {
    auto keys = std::make_shared<es::MemoryKeys>();
    auto values = std::make_shared<std::vector<es::Personal<std::string>>>();
    for (std::size_t i = 0; i < subjects; ++i)
        values->push_back(*keys->seal(subject(i), plain_text));
    return [=] {
        unsigned long sum = 0;
        for (unsigned long i = 0; i < operations; ++i) {
            auto opened = keys->open((*values)[i % subjects]);
            if (!opened)
                std::abort();
            sum += opened->size();
        }
        return sum;
    };
}

} // namespace with_library

namespace by_hand {

using Bytes = std::vector<unsigned char>;
using Key = std::array<unsigned char, 32>;

struct Free {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
    void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
};

struct Subject {
    std::string name;
    Key key;
};

class Cipher {
public:
    Cipher() {
        EVP_EncryptInit_ex2(encrypt_.get(), cipher_.get(), nullptr, nullptr, nullptr);
        EVP_DecryptInit_ex2(decrypt_.get(), cipher_.get(), nullptr, nullptr, nullptr);
        for (std::size_t i = 0; i < subjects; ++i) {
            Subject made{subject(i), {}};
            RAND_bytes(made.key.data(), 32);
            list.push_back(made);
        }
    }

    /// Nonce, text, tag.
    Bytes seal(const Subject& of, std::string_view plain) {
        Bytes out(12 + plain.size() + 16);
        int n = 0;
        auto* const c = encrypt_.get();
        if (RAND_bytes(out.data(), 12) != 1 ||
            EVP_EncryptInit_ex(c, nullptr, nullptr, of.key.data(), out.data()) != 1 ||
            EVP_EncryptUpdate(c, nullptr, &n, bytes(of.name), static_cast<int>(of.name.size())) !=
                1 ||
            EVP_EncryptUpdate(c, out.data() + 12, &n, bytes(plain),
                              static_cast<int>(plain.size())) != 1 ||
            EVP_EncryptFinal_ex(c, out.data() + 12 + plain.size(), &n) != 1 ||
            EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, 16, out.data() + 12 + plain.size()) != 1)
            std::abort();
        return out;
    }

    std::string open(const Subject& of, Bytes& sealed) {
        std::string out(sealed.size() - 28, '\0');
        int n = 0;
        auto* const c = decrypt_.get();
        auto* const to = reinterpret_cast<unsigned char*>(out.data());
        if (EVP_DecryptInit_ex(c, nullptr, nullptr, of.key.data(), sealed.data()) != 1 ||
            EVP_DecryptUpdate(c, nullptr, &n, bytes(of.name), static_cast<int>(of.name.size())) !=
                1 ||
            EVP_DecryptUpdate(c, to, &n, sealed.data() + 12, static_cast<int>(out.size())) != 1 ||
            EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, 16, sealed.data() + sealed.size() - 16) !=
                1 ||
            EVP_DecryptFinal_ex(c, to + out.size(), &n) != 1)
            std::abort();
        return out;
    }

    std::vector<Subject> list;

private:
    static const unsigned char* bytes(std::string_view text) {
        return reinterpret_cast<const unsigned char*>(text.data());
    }

    std::unique_ptr<EVP_CIPHER, Free> cipher_{EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr)};
    std::unique_ptr<EVP_CIPHER_CTX, Free> encrypt_{EVP_CIPHER_CTX_new()};
    std::unique_ptr<EVP_CIPHER_CTX, Free> decrypt_{EVP_CIPHER_CTX_new()};
};

compare::Work seal(unsigned long operations) {
    auto cipher = std::make_shared<Cipher>();
    return [=] {
        unsigned long sum = 0;
        for (unsigned long i = 0; i < operations; ++i)
            sum += cipher->seal(cipher->list[i % subjects], plain_text).size();
        return sum;
    };
}

compare::Work open(unsigned long operations) {
    auto cipher = std::make_shared<Cipher>();
    auto values = std::make_shared<std::vector<Bytes>>();
    for (const Subject& of : cipher->list)
        values->push_back(cipher->seal(of, plain_text));
    return [=] {
        unsigned long sum = 0;
        for (unsigned long i = 0; i < operations; ++i)
            sum += cipher->open(cipher->list[i % subjects], (*values)[i % subjects]).size();
        return sum;
    };
}

} // namespace by_hand

int main(int argc, char** argv) {
    return compare::main(argc, argv,
                         {
                             {"seal 64 bytes", with_library::seal, by_hand::seal, 20'000, 1.3, 1.3},
                             {"open 64 bytes", with_library::open, by_hand::open, 20'000, 1.3, 1.3},
                         });
}
