// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_PERSONAL_SECRET_HPP
#define EVENTSOURCING_PERSONAL_SECRET_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace eventsourcing::detail::personal {

/// The 32 bytes of a key, overwritten when they are no longer needed.
class Secret {
public:
    static constexpr std::size_t size = 32;

    Secret() = default;
    Secret(const Secret&) = default;
    Secret& operator=(const Secret&) = default;
    ~Secret() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

    /// False if OpenSSL has no random numbers.
    [[nodiscard]] bool make() {
        return RAND_priv_bytes(bytes_.data(), static_cast<int>(bytes_.size())) == 1;
    }
    /// False unless there are 32 bytes.
    [[nodiscard]] bool assign(std::string_view bytes) {
        if (bytes.size() != size)
            return false;
        std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(bytes_.data()));
        return true;
    }

    [[nodiscard]] const unsigned char* data() const { return bytes_.data(); }
    [[nodiscard]] std::string_view view() const {
        return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
    }

private:
    std::array<unsigned char, size> bytes_{};
};

/// Names a key, or a key file, in sealed values: a random number, never 0.
using KeyId = std::uint64_t;

/// The key of a subject.
struct SubjectKey {
    KeyId id = 0;
    Secret secret{};
};

/// 0 if OpenSSL has no random numbers.
inline KeyId new_key_id() {
    std::array<unsigned char, sizeof(KeyId)> bytes{};
    KeyId id = 0;
    while (id == 0) {
        if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
            return 0;
        for (const unsigned char byte : bytes)
            id = id << 8U | byte;
    }
    return id;
}

} // namespace eventsourcing::detail::personal

#endif
