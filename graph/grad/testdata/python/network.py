"""Makes a network in PyTorch, converts it to OpenVINO's format (which folds the
normalisation into the convolution), and says what PyTorch makes of it and of its
gradients. Arguments: the packages of PyTorch, the folder for the model. Runs with the
Python that has OpenVINO."""

import base64
import json
import sys
import warnings

sys.path.append(sys.argv[1])
warnings.filterwarnings("ignore")

import numpy as np
import openvino as ov
import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem, self.norm = nn.Conv2d(3, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8)
        self.depthwise, self.wider = nn.Conv2d(8, 8, 3, 1, 1, groups=8), nn.Conv2d(8, 16, 1)
        self.block = nn.TransformerEncoderLayer(16, 2, 24, 0.0, activation="gelu", batch_first=True, norm_first=True)
        self.up, self.head = nn.ConvTranspose2d(16, 4, 2, 2), nn.Linear(16, 5)

    def forward(self, x):
        y = F.silu(self.norm(self.stem(x)))
        y = self.wider(F.max_pool2d(F.hardswish(self.depthwise(y)) + y, 3, 2, 1))
        s = self.block(y.flatten(2).transpose(1, 2))
        z = self.up(s.transpose(1, 2).reshape(y.shape))
        return self.head(s.mean(1)), F.interpolate(z, scale_factor=2.0, mode="bilinear", align_corners=False)


def text(tensor):
    array = np.ascontiguousarray(tensor.detach().numpy(), "<f4")
    return {"Shape": list(array.shape), "Data": base64.b64encode(array.tobytes()).decode()}


torch.manual_seed(1)
torch.set_num_threads(1)
torch.backends.mha.set_fastpath_enabled(False)
net = Net().eval()
with torch.no_grad():
    for p in net.parameters():
        p.normal_(0, 0.3)
    net.norm.weight.uniform_(0.5, 1.5)
    net.norm.running_mean.normal_(0, 0.1)
    net.norm.running_var.uniform_(0.5, 1.5)
x = torch.randn(2, 3, 16, 12)
model = ov.convert_model(torch.jit.trace(net, x, check_trace=False), example_input=x, input=list(x.shape))
ov.save_model(model, sys.argv[2] + "/network.xml", compress_to_fp16=False)

net, x = net.double(), x.double().requires_grad_()
outputs = net(x)
upstream = [torch.randn_like(y) for y in outputs]
upstream = [u.float().double() for u in upstream]
sum((y * u).sum() for y, u in zip(outputs, upstream)).backward()
weights = [(n, p, p.grad) for n, p in net.named_parameters()]
# What became of the normalisation: weights by its scale, and a bias.
scale = net.norm.weight / torch.sqrt(net.norm.running_var + net.norm.eps)
by = scale.reshape(-1, 1, 1, 1)
weights.append(("folded weights", net.stem.weight * by, net.stem.weight.grad / by))
weights.append(("folded bias", net.norm.bias - net.norm.running_mean * scale, net.norm.bias.grad))
print(json.dumps({
    "Input": text(x), "Gradient": text(x.grad), "Outputs": [text(y) for y in outputs], "Upstream": [text(u) for u in upstream],
    "Weights": [{"Name": n, "Value": text(p), "Gradient": text(g)} for n, p, g in weights],
}))
