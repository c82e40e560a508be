// SPDX-License-Identifier: MIT
// Damage to the bytes of a file, as disks, other programs and attackers do it.
#ifndef EVENTSOURCING_TESTS_ENGINES_SQLITE_DAMAGE_HPP
#define EVENTSOURCING_TESTS_ENGINES_SQLITE_DAMAGE_HPP

#include <algorithm>
#include <cstddef>
#include <random>
#include <string>
#include <utility>

namespace sqlite_tests {

/// Damages `bytes` in one to three ways that `random` chooses.
class Damage {
public:
    explicit Damage(std::mt19937& random) : random_(random) {}

    void operator()(std::string& bytes) {
        for (std::size_t ways = 1 + below(3); ways > 0 && !bytes.empty(); --ways)
            one(bytes);
    }

private:
    static constexpr std::size_t page = 4096;

    std::size_t below(std::size_t end) { return random_() % end; }
    std::string garbage(std::size_t size) {
        std::string out(size, '\0');
        for (char& byte : out)
            byte = static_cast<char>(random_());
        return out;
    }
    void overwrite(std::string& bytes, std::size_t at, const std::string& with) {
        const std::size_t size = std::min(with.size(), bytes.size() - at);
        bytes.replace(at, size, with, 0, size);
    }
    std::size_t any_page(const std::string& bytes) {
        return below((bytes.size() + page - 1) / page) * page;
    }

    void one(std::string& bytes) {
        switch (below(12)) {
        case 0: // the file header
            overwrite(bytes, std::min(below(100), bytes.size() - 1), garbage(1 + below(4)));
            break;
        case 1: // the header and the cell pointers of a page
            overwrite(bytes, std::min(any_page(bytes) + below(40), bytes.size() - 1),
                      garbage(1 + below(3)));
            break;
        case 2:
            bytes.resize(below(bytes.size()));
            break;
        case 3:
            bytes.resize(any_page(bytes));
            break;
        case 4:
            overwrite(bytes, any_page(bytes), std::string(page, '\0'));
            break;
        case 5: // a page that went to the wrong place
            overwrite(bytes, any_page(bytes), bytes.substr(any_page(bytes), page));
            break;
        case 6:
            overwrite(bytes, below(bytes.size()), garbage(1 + below(600)));
            break;
        case 7:
            bytes += garbage(below(2 * page));
            break;
        case 8: { // a number that is nearly right
            char& byte = bytes[below(bytes.size())];
            byte = static_cast<char>(byte + (below(2) == 0 ? 1 : -1));
            break;
        }
        default: {
            char& byte = bytes[below(bytes.size())];
            byte = static_cast<char>(byte ^ (1 << below(8)));
        }
        }
    }

    std::mt19937& random_;
};

} // namespace sqlite_tests

#endif
