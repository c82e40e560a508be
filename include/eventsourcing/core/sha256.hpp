// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_SHA256_HPP
#define EVENTSOURCING_CORE_SHA256_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace eventsourcing::detail {

/// The SHA-256 of bytes that are added piece by piece (FIPS 180-4); also at compile time.
class Sha256 {
public:
    constexpr Sha256& add(std::string_view bytes) {
        size_ += bytes.size();
        while (!bytes.empty()) {
            const std::size_t taken = std::min(bytes.size(), block_size - filled_);
            for (std::size_t i = 0; i < taken; ++i)
                block_[filled_ + i] = static_cast<std::uint8_t>(bytes[i]);
            bytes.remove_prefix(taken);
            filled_ += taken;
            if (filled_ == block_size)
                mix_block();
        }
        return *this;
    }

    /// The hash of what was added so far as hexadecimal digits in lower case; more can be added.
    [[nodiscard]] constexpr std::array<char, 64> hex_digits() const {
        Sha256 end = *this;
        const std::uint64_t bits = size_ * 8;
        end.add("\x80");
        while (end.filled_ != length_at)
            end.add(std::string_view("\0", 1));
        for (int shift = 56; shift >= 0; shift -= 8) {
            const char byte = static_cast<char>(static_cast<unsigned char>(bits >> shift));
            end.add({&byte, 1});
        }
        std::array<char, 64> text{};
        std::size_t to = 0;
        for (const std::uint32_t word : end.state_)
            for (int shift = 28; shift >= 0; shift -= 4)
                text[to++] = "0123456789abcdef"[word >> shift & 0xFU];
        return text;
    }
    /// The same as text.
    [[nodiscard]] std::string hex() const {
        const std::array<char, 64> digits = hex_digits();
        return {digits.data(), digits.size()};
    }

private:
    static constexpr std::size_t block_size = 64;
    static constexpr std::size_t length_at = 56; // in the last block

    static constexpr std::uint32_t constants[64]{
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
        0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
        0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
        0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
        0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
        0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
        0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
        0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
        0xc67178f2};

    /// FIPS 180-4, 6.2.2. Plain arrays and no functions: a compiler interprets this.
    constexpr void mix_block() {
        std::uint32_t w[64]{};
        for (std::size_t i = 0; i < 16; ++i)
            w[i] = std::uint32_t{block_[4 * i]} << 24U | std::uint32_t{block_[4 * i + 1]} << 16U |
                   std::uint32_t{block_[4 * i + 2]} << 8U | std::uint32_t{block_[4 * i + 3]};
        for (std::size_t i = 16; i < 64; ++i) {
            const std::uint32_t early = w[i - 15];
            const std::uint32_t late = w[i - 2];
            w[i] = w[i - 16] + w[i - 7] +
                   ((early >> 7U | early << 25U) ^ (early >> 18U | early << 14U) ^ early >> 3U) +
                   ((late >> 17U | late << 15U) ^ (late >> 19U | late << 13U) ^ late >> 10U);
        }
        std::uint32_t a = state_[0];
        std::uint32_t b = state_[1];
        std::uint32_t c = state_[2];
        std::uint32_t d = state_[3];
        std::uint32_t e = state_[4];
        std::uint32_t f = state_[5];
        std::uint32_t g = state_[6];
        std::uint32_t h = state_[7];
        for (std::size_t i = 0; i < 64; ++i) {
            const std::uint32_t t1 =
                h + ((e >> 6U | e << 26U) ^ (e >> 11U | e << 21U) ^ (e >> 25U | e << 7U)) +
                ((e & f) ^ (~e & g)) + constants[i] + w[i];
            const std::uint32_t t2 =
                ((a >> 2U | a << 30U) ^ (a >> 13U | a << 19U) ^ (a >> 22U | a << 10U)) +
                ((a & b) ^ (a & c) ^ (b & c));
            h = g;
            g = f;
            f = e;
            e = d + t1;
            d = c;
            c = b;
            b = a;
            a = t1 + t2;
        }
        state_[0] += a;
        state_[1] += b;
        state_[2] += c;
        state_[3] += d;
        state_[4] += e;
        state_[5] += f;
        state_[6] += g;
        state_[7] += h;
        filled_ = 0;
    }

    std::uint32_t state_[8]{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                            0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    std::uint8_t block_[block_size]{};
    std::size_t filled_ = 0;
    std::uint64_t size_ = 0;
};

} // namespace eventsourcing::detail

#endif
