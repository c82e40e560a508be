// SPDX-License-Identifier: MIT
#include <eventsourcing/personal/ciphers.hpp>

#include "catch.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <array>
#include <cstdint>

namespace ciphers_tests {

using eventsourcing::detail::personal::Ciphers;

constexpr std::array<unsigned char, 32> key{1, 2, 3};
constexpr std::array<unsigned char, 12> nonce{};

/// Encrypts a byte with a new key, or with the one that the context still has.
bool encrypts(EVP_CIPHER_CTX* context, const unsigned char* with) {
    unsigned char byte = 7;
    int size = 0;
    const bool done = EVP_EncryptInit_ex(context, nullptr, nullptr, with, nonce.data()) == 1 &&
                      EVP_EncryptUpdate(context, &byte, &size, &byte, 1) == 1;
    ERR_clear_error();
    return done;
}

TEST_CASE("Contexts are used again, as long as no key is erased") {
    Ciphers ciphers;
    for (const std::uint64_t erasures : {0U, 1U, 2U}) {
        {
            const Ciphers::Lease fresh(ciphers, erasures);
            REQUIRE(fresh);
            CHECK_FALSE(encrypts(fresh->encrypt.get(), nullptr)); // it knows no key
            CHECK(encrypts(fresh->encrypt.get(), key.data()));
        }
        const Ciphers::Lease again(ciphers, erasures);
        REQUIRE(again);
        CHECK(encrypts(again->encrypt.get(), nullptr));
    }
}

TEST_CASE("After an erasure no context knows what was made of a key before") {
    Ciphers ciphers;
    {
        const Ciphers::Lease used(ciphers, 0);
        const Ciphers::Lease in_use(ciphers, 0); // at the same time
        CHECK(encrypts(used->encrypt.get(), key.data()));
        CHECK(encrypts(in_use->encrypt.get(), key.data()));
        ciphers.forget(1);
    }
    const Ciphers::Lease one(ciphers, 1);
    const Ciphers::Lease other(ciphers, 1);
    CHECK_FALSE(encrypts(one->encrypt.get(), nullptr));
    CHECK_FALSE(encrypts(other->encrypt.get(), nullptr));
}

} // namespace ciphers_tests
